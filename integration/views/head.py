"""What the head of an import shows: state, progress, counts, who sent it, and what can be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from aim.web.access import may
from aim.web.detail import Fact
from aim.web.svg import Segment
from integration.imports.contents import content_of
from integration.imports.problems import MOST_KEPT
from integration.imports.registry import format_of
from integration.imports.states import BADGES, State
from integration.imports.tally import Tally
from integration.models import FileImport
from integration.tables import octets, who
from integration.views.actions import actions

POLL_MS = 1500
SHOWN_HEADER = 12
_WORKS = {
    State.CHECKING: "Reading the file: nothing is stored yet.",
    State.STORING: "Storing, part by part.",
    State.UNDOING: "Taking back, part by part, the last one first.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts under a heading, as a bar with words."""

    title: str
    tally: Tally
    note: str = ""

    @property
    def segments(self) -> list[Segment]:
        return [
            Segment(self.tally.new, "new", "ok"),
            Segment(self.tally.changed, "changed", "info"),
            Segment(self.tally.unchanged, "unchanged", "muted"),
            Segment(self.tally.refused, "not taken", "bad"),
        ]


def head(request: HttpRequest, row: FileImport) -> dict[str, Any]:
    """Context of `parts/import_head.html`."""
    return {
        "row": row,
        "state": BADGES[row.state],
        "work": _WORKS.get(State(row.state), ""),
        "poll_ms": POLL_MS if row.is_working else 0,
        "counted": content_of(row).counted,
        "outcomes": outcomes(row),
        "facts": facts(row),
        "header": header(row),
        "actions": [action for action in actions(row) if may(request, action.permission)],
        "unlisted": max(0, row.errors + row.repairs + row.notes - MOST_KEPT),
    }


def outcomes(row: FileImport) -> list[Outcome]:
    """What storing would do, what it did, what undoing took back: the latest that is known."""
    if row.taken_back:
        return [_taken_back(row)]
    if row.stored:
        return [Outcome("Stored", Tally.of_json(row.stored))]
    if row.expected:
        return [Outcome("If you store it", Tally.of_json(row.expected))]
    return []


def _taken_back(row: FileImport) -> Outcome:
    """What undoing took back, and how much of what was stored stays because others changed it since."""
    stored, back = Tally.of_json(row.stored), Tally.of_json(row.taken_back)
    taken = back.new + back.changed
    kept = max(0, stored.new + stored.changed - taken) if row.state == State.UNDONE else 0
    note = f"{kept:,} stay as they are: they were changed by others since." if kept else ""
    return Outcome("Taken back", Tally(changed=taken, unchanged=kept), note)


def header(row: FileImport) -> list[Fact]:
    """What the file says of itself."""
    facts = list(row.header.items())[:SHOWN_HEADER]
    return [Fact(name.replace("_", " ").capitalize(), text) for name, text in facts]


def facts(row: FileImport) -> list[Fact]:
    """Who gave what, and what became of it."""
    found = [
        Fact("Format", format_of(row.format).label),
        Fact("Utility", row.utility.name),
        Fact("Size", octets(row.file.octets)),
        Fact("Given by", who(row)),
        Fact("Given", row.created_at),
    ]
    if row.mapping:
        found.append(Fact("Columns", row.mapping.name))
    if row.confirmed_at:
        found.append(Fact("Confirmed", row.confirmed_at))
    if row.finished_at:
        found.append(Fact("Ended", row.finished_at))
    return found
