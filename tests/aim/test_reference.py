"""The generated pages of the reference say what the code says."""

import pytest

from access.roles import ROLES
from aim.env import Setting, env
from aim.reference import commands, dlms_numbers, events, interface_classes, roles, settings
from aim.reference.markdown import table
from aim.reference.pages import PAGES, Page
from events.catalogue import CATALOGUE
from headend.causes import RULES
from protocols.dlms.apdu import decoded_tags
from protocols.dlms.classes import interface_classes as all_classes
from protocols.dlms.conformance import SUPPORTED, SUPPORTED_SN


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_is_current(page: Page) -> None:
    assert page.path.read_text() == page.text(), "run manage.py reference"


def test_every_setting_says_what_it_does() -> None:
    assert all(len(setting.help) > 20 and setting.help.endswith(".") for setting in env.settings)
    names = [setting.name for setting in env.settings]
    assert len(names) == len(set(names))


def test_settings_are_in_alphabetical_order() -> None:
    given = [Setting("B", "text", "", "Two."), Setting("A", "text", "x", "One.")]
    assert settings.text(given).endswith("| `A` | text | x | One. |\n| `B` | text | none | Two. |\n")


def test_a_bar_or_a_new_line_does_not_break_a_table() -> None:
    assert table(("x",), [("a|b\nc",)]) == "| x |\n|---|\n| a\\|b c |\n"


def test_every_command_and_its_arguments_are_there() -> None:
    text = commands.page()
    commands_there = ("`script/demo`", "### `manage.py read`", "### `manage.py store archive`")
    for expected in (*commands_there, "| `serial` |", "| `--what WHAT` |", "| `--check` |", "| `--all-utilities` |"):
        assert expected in text
    assert "--verbosity" not in text
    assert "support.sh" not in text


def test_every_permission_has_a_row_with_a_mark_per_role() -> None:
    rows = [line.split(" | ") for line in roles.page().splitlines() if line.startswith("| `")]
    marks = {cells[0].strip("| `"): [cell.strip(" |") == "yes" for cell in cells[2:]] for cells in rows}
    assert set(marks) == {name for granted in ROLES.values() for name in granted}
    for name, given in marks.items():
        assert given == [name in granted for granted in ROLES.values()]


def test_nothing_of_the_catalogue_or_the_causes_is_left_out() -> None:
    page_of = {page.name: page.text() for page in PAGES}
    assert all(f"| `{key}` |" in events.page() for key in CATALOGUE)
    assert all(f"| `{code}` |" in page_of["causes.md"] for code in RULES)


def test_every_interface_class_has_a_section_and_every_attribute_a_row() -> None:
    text = interface_classes.page()
    for made in all_classes():
        section = text.partition(f"\n## {made.table.class_id} ")[2].partition("\n## ")[0]
        rows = [(row.index, row.name) for row in made.table.attributes[1:]]
        rows += [(row.index, row.name) for row in made.table.methods]
        assert [name for index, name in rows if f"| {index} | `{name}` |" not in section] == []


def test_every_apdu_that_is_decoded_is_in_the_numbers() -> None:
    rows = [line.split(" | ") for line in dlms_numbers.page().splitlines()]
    services = {int(cells[0].strip("| ")) for cells in rows if cells[2:3] == ["service"]}
    assert services == decoded_tags()


def test_what_is_offered_is_what_connections_offer() -> None:
    rows = [line.strip("| ").split(" | ") for line in dlms_numbers.page().splitlines()]
    offered = [sum(1 << (23 - int(cells[0])) for cells in rows if cells[n : n + 1] == ["offered"]) for n in (2, 3)]
    assert offered == [SUPPORTED, SUPPORTED_SN]
