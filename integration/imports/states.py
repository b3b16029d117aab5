"""The states of an import and the one place where they change.

    uploaded ──▶ checking ──▶ ready ──▶ storing ──▶ done ──▶ undoing ──▶ undone
                    ▲           │
                    └───────────┘ with other columns

Every work may fail, and is resumed where it failed; checking, storing and what waits may be cancelled, and what a
cancelled import stored may be undone. A change is one conditional UPDATE: of two that want it, one gets it.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from aim.web.tones import State as Badge
from integration.models import FileImport

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


class StateChangedError(Exception):
    """The import is not, or no longer, in a state from which this can be done."""


def may_become(row: FileImport, to: str) -> bool:
    """Whether `row`, as it was read, can go over to state `to`."""
    return to in NEXT[row.state]


def move(row: FileImport, to: str, *, owner: str | None = None, **changes: Any) -> None:
    """Change the state of `row`, with other columns, in the database and in memory; its lease ends.

    `owner`: only while this worker holds it. StateChangedError when the way is closed or somebody was faster.
    """
    if not may_become(row, to):
        raise StateChangedError(f"This import is {row.get_state_display().lower()}: that cannot be done with it.")
    changes |= {"state": to, "lease_owner": "", "lease_until": None, "attempts": 0}
    changes.setdefault("finished_at", timezone.now() if to in ENDED else None)
    held = {} if owner is None else {"lease_owner": owner}
    if not FileImport.objects.filter(pk=row.pk, state=row.state, **held).update(**changes):
        raise StateChangedError("The state of this import changed meanwhile: look at it again.")
    for name, value in changes.items():
        setattr(row, name, value)
