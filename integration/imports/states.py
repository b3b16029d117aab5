"""The states of an import, and which follows which.

    uploaded ──▶ checking ──▶ ready ──▶ storing ──▶ done ──▶ undoing ──▶ undone
                    ▲           │
                    └───────────┘ with other columns

Every work may fail, and is resumed where it failed; checking, storing and what waits may be cancelled, and what a
cancelled import stored may be undone.
"""

from __future__ import annotations

from aim.web.tones import State as Badge
from integration.models import FileImport
from integration.work.states import Ways

State = FileImport.State

NEXT: dict[str, frozenset[str]] = {
    State.UPLOADED: frozenset({State.CHECKING, State.CANCELLED}),
    State.CHECKING: frozenset({State.READY, State.STORING, State.FAILED, State.CANCELLED}),
    State.READY: frozenset({State.STORING, State.CHECKING, State.CANCELLED}),
    State.STORING: frozenset({State.DONE, State.FAILED, State.CANCELLED}),
    State.DONE: frozenset({State.UNDOING}),
    State.FAILED: frozenset({State.CHECKING, State.STORING, State.UNDOING, State.CANCELLED}),
    State.CANCELLED: frozenset({State.UNDOING}),
    State.UNDOING: frozenset({State.UNDONE, State.FAILED}),
    State.UNDONE: frozenset(),
}
ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.UNDONE)

BADGES: dict[str, Badge] = {
    State.UPLOADED: Badge("Waits for its columns", "warn", "columns"),
    State.CHECKING: Badge("Being checked", "busy", "loader"),
    State.READY: Badge("Ready to store", "info"),
    State.STORING: Badge("Being stored", "busy", "loader"),
    State.DONE: Badge("Stored", "ok"),
    State.FAILED: Badge("Failed", "bad"),
    State.CANCELLED: Badge("Cancelled", "muted", "stop"),
    State.UNDOING: Badge("Being undone", "busy", "loader"),
    State.UNDONE: Badge("Undone", "muted"),
}


WAYS = Ways(NEXT, ENDED)
move, may_become = WAYS.move, WAYS.may_become
