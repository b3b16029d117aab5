"""One export is written by one worker at a time: it holds a lease and renews it with every part it has written.

Who lost the export in between, because its lease ended or a person cancelled it, finds no row to renew and drops the
draft. A file is only named by its export when the last part is in it, so nobody ever sees half of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from aim.celery import stopping
from integration.exports.states import State, move
from integration.imports.holding import this_worker
from integration.models import FileExport

LEASE = timedelta(seconds=300)
"""Longer than any part takes, also the last of a workbook, which is compressed then."""
MOST_ATTEMPTS = 5
"""So many workers may begin the same export without coming on; then a person must look."""


class NotHeldError(Exception):
    """The export was cancelled or is held by another worker: this one stops."""


class ToldToStopError(Exception):
    """The worker is asked to end: it gives the export back."""


class ExportFailedError(Exception):
    """Why the writing cannot go on, and what to do, in words for the person who asked for the file."""


@dataclass(slots=True)
class Held:
    """An export this worker holds."""

    row: FileExport
    owner: str

    def advance(self, **changes: Any) -> None:
        """Note progress and renew the lease; NotHeldError when the export is no longer ours."""
        changes |= {"lease_until": timezone.now() + LEASE}
        if not self._mine().filter(state=State.RUNNING).update(**changes):
            raise NotHeldError
        for name, value in changes.items():
            setattr(self.row, name, value)

    def stop_if_told(self) -> None:
        """ToldToStopError when the worker process is asked to end; between two parts."""
        if stopping():
            raise ToldToStopError

    def end(self, to: str, **changes: Any) -> None:
        """The work is over: go over to state `to`. StateChangedError when the export is no longer ours."""
        move(self.row, to, owner=self.owner, **changes)

    def give_back(self) -> None:
        """Let another worker take it at once, as if this one had not tried."""
        self._mine().update(lease_owner="", lease_until=None, attempts=0)

    def _mine(self) -> Any:
        return FileExport.objects.filter(pk=self.row.pk, lease_owner=self.owner)


def claim(export_id: int) -> Held | None:
    """Take an export that waits, or whose worker died; None when there is nothing to take.

    One that so many workers began without coming on is failed instead: it may be the export that ends them.
    """
    now, owner = timezone.now(), this_worker()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = FileExport.objects.filter(free, pk=export_id, state__in=FileExport.WORKING)
    begun = {"state": State.RUNNING, "started_at": now, "parts_done": 0}
    if not rows.update(lease_owner=owner, lease_until=now + LEASE, attempts=F("attempts") + 1, **begun):
        return None
    held = Held(FileExport.objects.select_related("utility", "created_by").get(pk=export_id), owner)
    if held.row.attempts > MOST_ATTEMPTS:
        fail(held, f"{MOST_ATTEMPTS} workers ended while writing it. Look into the log of the workers.")
        return None
    return held


def fail(held: Held, cause: str) -> None:
    """The writing cannot go on; it can be begun again."""
    held.end(State.FAILED, cause=cause[:300])
