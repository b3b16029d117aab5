"""One import is worked by one worker at a time: it holds a lease and renews it with every part it has done.

The renewal is the last statement of the transaction that stores the part. Who lost the import in between, because its
lease ended or a person cancelled it, finds no row to renew, and the part is rolled back: nothing is done twice.
"""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from aim.celery import stopping
from integration.imports.states import State, move
from integration.models import FileImport
from metering.store import Origin

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 5
"""So many workers may take up the same part without finishing it; then a person must look."""
RULE, UNDO_RULE = "import", "import undone"


class NotHeldError(Exception):
    """The import was cancelled or is held by another worker: this one stops."""


class ToldToStopError(Exception):
    """The worker is asked to end: it gives the import back."""


class ImportFailedError(Exception):
    """Why the work cannot go on, and what to do, in words for the person who started it."""


@dataclass(slots=True)
class Held:
    """An import this worker holds."""

    row: FileImport
    owner: str

    def advance(self, position: int, **changes: Any) -> None:
        """Note progress and renew the lease; NotHeldError, so that the caller rolls back, when it is no longer ours.

        `position` is how far the work is, of `file.octets`.
        """
        changes |= {"position": position, "lease_until": timezone.now() + LEASE, "attempts": 0}
        mine = FileImport.objects.filter(pk=self.row.pk, state=self.row.state, lease_owner=self.owner)
        if not mine.update(**changes):
            raise NotHeldError
        for name, value in changes.items():
            setattr(self.row, name, value)

    def stop_if_told(self) -> None:
        """ToldToStopError when the worker process is asked to end; between two parts."""
        if stopping():
            raise ToldToStopError

    def end(self, to: str, **changes: Any) -> None:
        """The work is done: go over to state `to`. StateChangedError when the import is no longer ours."""
        move(self.row, to, owner=self.owner, **changes)

    def give_back(self) -> None:
        """Let another worker take it at once, as if this one had not tried."""
        mine = FileImport.objects.filter(pk=self.row.pk, lease_owner=self.owner)
        mine.update(lease_owner="", lease_until=None, attempts=0)

    @property
    def origin(self) -> Origin:
        """What the ledger of values says of the writes of this import."""
        return origin_of(self.row)


def origin_of(row: FileImport) -> Origin:
    """Who an import writes for: the person who confirmed it, or gave the file; who undoes it, when it is undone."""
    if row.state == State.UNDOING:
        return Origin(user_id=row.undone_by_id, rule=UNDO_RULE, message=row.name, action_id=row.action)
    person = row.confirmed_by_id or row.created_by_id
    return Origin(user_id=person, rule=RULE, message=row.name, action_id=row.action)


def this_worker() -> str:
    """A name for this thread of this process, told apart from all others."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident()}"


def claim(import_id: int, state: str) -> Held | None:
    """Take the import if it is in `state` and nobody holds it; None otherwise.

    One that so many workers took without coming on is failed instead: it may be the file that ends them.
    """
    now, owner = timezone.now(), this_worker()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = FileImport.objects.filter(free, pk=import_id, state=state)
    if not rows.update(lease_owner=owner, lease_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    row = FileImport.objects.select_related("utility", "file", "created_by", "undone_by").get(pk=import_id)
    held = Held(row, owner)
    if row.attempts > MOST_ATTEMPTS:
        fail(held, f"{MOST_ATTEMPTS} workers ended at the same place of the file. Look into the log of the workers.")
        return None
    return held


def fail(held: Held, cause: str) -> None:
    """The work cannot go on; it can be resumed where it stopped."""
    held.end(State.FAILED, failed_in=held.row.state, cause=cause[:300])
