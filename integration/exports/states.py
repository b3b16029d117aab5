"""The states of an export, and which follows which.

    waiting ──▶ running ──▶ done
       ▲           │
       └─ failed ◀─┘

What waits or runs may be cancelled. An export whose worker died stays running and is begun again from its first part.
"""

from __future__ import annotations

from aim.web.tones import State as Badge
from integration.models import FileExport
from integration.work.states import Ways

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


WAYS = Ways(NEXT, ENDED)
move = WAYS.move
