"""The reference of the settings is the one the declarations give."""

from aim import reference
from aim.env import Setting, env


def test_the_page_is_up_to_date() -> None:
    assert reference.PATH.read_text() == reference.page(env.settings), "run manage.py settings_reference"


def test_every_setting_says_what_it_does() -> None:
    assert all(len(setting.help) > 20 and setting.help.endswith(".") for setting in env.settings)
    names = [setting.name for setting in env.settings]
    assert len(names) == len(set(names))


def test_a_bar_does_not_break_the_table() -> None:
    assert "a\\|b" in reference.page([Setting("X", "text", "", "a|b")])
