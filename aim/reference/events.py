"""The reference of the event catalogue."""

from collections.abc import Iterable
from itertools import groupby

from aim.reference.markdown import table
from events.catalogue import CATALOGUE, Entry
from events.models import Event

HEAD = """# Event catalogue

Event codes differ from model to model. The description of each model maps them to one catalogue
([device description](device-model.md)), so that screens and filters say the same for every device. A code without an
entry becomes `unknown` and keeps the number the device gave.
This page is written by `manage.py reference` from `events/catalogue.json`.
"""


def page() -> str:
    """The page in Markdown: a table per category, in alphabetical order."""
    ordered = sorted(CATALOGUE.items(), key=lambda item: (item[1].category, -item[1].severity, item[0]))
    return HEAD + "".join(_section(name, rows) for name, rows in groupby(ordered, key=lambda item: item[1].category))


def _section(category: str, rows: Iterable[tuple[str, Entry]]) -> str:
    return f"\n## `{category}`\n\n" + table(("key", "text", "severity"), (_row(*row) for row in rows))


def _row(key: str, entry: Entry) -> tuple[str, ...]:
    return f"`{key}`", entry.text, Event.Severity(entry.severity).label.lower()
