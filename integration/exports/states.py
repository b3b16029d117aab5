"""The states of an export and the one place where they change.

    waiting ──▶ running ──▶ done
       ▲           │
       └─ failed ◀─┘

What waits or runs may be cancelled. An export whose worker died stays running and is begun again from its first part.
A change is one conditional UPDATE: of two that want it, one gets it.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from aim.web.tones import State as Badge
from integration.models import FileExport

State = FileExport.State

NEXT: dict[str, frozenset[str]] = {
    State.WAITING: frozenset({State.CANCELLED}),
    State.RUNNING: frozenset({State.DONE, State.FAILED, State.CANCELLED}),
    State.DONE: frozenset(),
    State.FAILED: frozenset({State.WAITING}),
    State.CANCELLED: frozenset(),
}
"""`holding.claim` alone takes an export from waiting to running."""
ENDED = (State.DONE, State.FAILED, State.CANCELLED)

BADGES: dict[str, Badge] = {
    State.WAITING: Badge("Waits for a worker", "busy"),
    State.RUNNING: Badge("Being written", "busy", "loader"),
    State.DONE: Badge("Ready", "ok"),
    State.FAILED: Badge("Failed", "bad"),
    State.CANCELLED: Badge("Cancelled", "muted", "stop"),
}


class StateChangedError(Exception):
    """The export is not, or no longer, in a state from which this can be done."""


def move(row: FileExport, to: str, *, owner: str | None = None, **changes: Any) -> None:
    """Change the state of `row`, with other columns, in the database and in memory; its lease ends.

    `owner`: only while this worker holds it. StateChangedError when the way is closed or somebody was faster.
    """
    if to not in NEXT[row.state]:
        raise StateChangedError(f"This export is {row.get_state_display().lower()}: that cannot be done with it.")
    changes |= {"state": to, "lease_owner": "", "lease_until": None, "attempts": 0}
    changes.setdefault("finished_at", timezone.now() if to in ENDED else None)
    held = {} if owner is None else {"lease_owner": owner}
    if not FileExport.objects.filter(pk=row.pk, state=row.state, **held).update(**changes):
        raise StateChangedError("The state of this export changed meanwhile: look at it again.")
    for name, value in changes.items():
        setattr(row, name, value)
