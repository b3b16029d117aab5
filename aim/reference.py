"""The reference of the settings, written from their declarations."""

from pathlib import Path

from aim import places
from aim.env import Setting

PATH = places.BASE / "docs" / "reference" / "settings.md"
HEAD = """# Settings

Every setting is an environment variable, read once at the start of a process. `manage.py check` names bad values.
This page is written by `manage.py settings_reference`.

| variable | takes | default | what it does |
|---|---|---|---|
"""


def page(settings: list[Setting]) -> str:
    """The page in Markdown, one row per setting in alphabetical order."""
    return HEAD + "".join(_row(setting) for setting in sorted(settings, key=lambda setting: setting.name))


def write(settings: list[Setting], path: Path = PATH) -> None:
    """Write the page to its place in the documentation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(settings))


def _row(setting: Setting) -> str:
    cells = [f"`{setting.name}`", setting.kind, setting.default or "none", setting.help]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
