"""The reference of the settings, written from their declarations."""

from collections.abc import Sequence

from aim.env import Setting, env
from aim.reference.markdown import table

HEAD = """# Settings

Every setting is an environment variable, read once at the start of a process. `manage.py check` names bad values.
This page is written by `manage.py reference`.

"""


def page() -> str:
    """The page in Markdown."""
    return text(env.settings)


def text(settings: Sequence[Setting]) -> str:
    """One row per setting in alphabetical order."""
    ordered = sorted(settings, key=lambda setting: setting.name)
    return HEAD + table(("variable", "takes", "default", "what it does"), map(_row, ordered))


def _row(setting: Setting) -> tuple[str, ...]:
    return f"`{setting.name}`", setting.kind, setting.default or "none", setting.help
