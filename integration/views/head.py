"""What the head of an import shows: state, progress, counts, who gave it, and what can be done now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from aim.web.access import may
from aim.web.detail import Fact
from aim.web.formats import grouped
from aim.web.tones import State as Badge
from aim.web.tones import Tone
from integration.imports.problems import MOST_KEPT
from integration.imports.registry import label_of
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import FileImport
from integration.tables.files import octets, who
from integration.tables.imports import import_badge
from integration.views.actions import actions
from integration.views.header import header_facts
from integration.views.outcomes import outcomes

POLL_MS = 1500
_HEADINGS = {
    State.UPLOADED: "Columns wanted",
    State.READY: "Preview",
    State.DONE: "Result",
    State.FAILED: "Stopped",
    State.CANCELLED: "Stopped",
    State.UNDONE: "Taken back",
}
_WORDS = {
    State.UPLOADED: "Which column means what is not known yet.",
    State.CHECKING: "Reading the file: nothing is stored yet.",
    State.READY: "Nothing is stored yet. Look at what would change, then store it or leave it.",
    State.STORING: "Storing, part by part.",
    State.UNDOING: "Taking back, part by part, the last one first.",
    State.UNDONE: "What the import stored is withdrawn, or as it was before; the history keeps both.",
}


def head(request: HttpRequest, row: FileImport) -> dict[str, Any]:
    """Context of `parts/import_head.html`."""
    return {
        "row": row,
        "state": import_badge(row),
        "heading": _HEADINGS.get(State(row.state), ""),
        "words": words(row),
        "poll_ms": POLL_MS if row.is_working else 0,
        "outcomes": outcomes(row),
        "found": found(row),
        "facts": facts(row),
        "header": header_facts(row.header),
        "actions": [action for action in actions(row) if may(request, action.permission)],
        "unlisted": max(0, row.errors + row.repairs + row.notes - MOST_KEPT),
    }


def words(row: FileImport) -> str:
    """What the state means for the reader."""
    if row.state == State.READY and (told := _of_preview(row)):
        return told
    if row.state == State.CANCELLED and row.stored:
        return "What was stored before it was cancelled stays, and can be undone."
    text = _WORDS.get(State(row.state), "")
    return f"{text} {grouped(row.rows)} rows read." if row.state == State.CHECKING else text


def _of_preview(row: FileImport) -> str:
    """What there is to say where storing would do nothing; empty where it would do something."""
    expected = Tally.of_json(row.expected)
    if not expected.good:
        why = " What is wrong stands below." if row.errors else ""
        return f"There is nothing in this file that could be stored.{why}"
    if not expected.new and not expected.changed:
        return "All of it is stored already as it stands in the file: storing it would change nothing."
    return ""


def found(row: FileImport) -> list[Badge]:
    """How much was found wrong, by severity; nothing where nothing is."""
    counts: tuple[tuple[int, str, Tone], ...] = (
        (row.errors, "error", "bad"),
        (row.repairs, "repair", "warn"),
        (row.notes, "note", "info"),
    )
    return [
        Badge(f"{grouped(number)} {name}{'' if number == 1 else 's'}", tone) for number, name, tone in counts if number
    ]


def facts(row: FileImport) -> list[Fact]:
    """Who gave what, and what became of it."""
    told = [
        Fact("Format", label_of(row.format)),
        Fact("Utility", row.utility.name),
        Fact("Size", octets(row.file.octets)),
        Fact("Given by", who(row)),
        Fact("Given", row.created_at),
    ]
    if row.mapping:
        told.append(Fact("Columns", row.mapping.name))
    if row.confirmed_at:
        told.append(Fact("Confirmed", row.confirmed_at))
    if row.finished_at:
        told.append(Fact("Ended", row.finished_at))
    return told
