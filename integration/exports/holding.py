"""An export is held part by part. Who lost it drops the draft.

A file is only named by its export when the last part is in it, so nobody ever sees half of one.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from integration.exports.states import WAYS, State
from integration.models import FileExport
from integration.work import holding

MOST_ATTEMPTS = 5
"""So many workers may begin the same export without finishing it; then a person must look."""


class Held(holding.Held[FileExport]):
    """An export this worker holds."""

    __slots__ = ()
    LEASE = timedelta(seconds=300)
    """Longer than any part takes, also the last of a workbook, which is compressed then."""
    WAYS = WAYS


def claim(export_id: int) -> Held | None:
    """Take an export that waits, or whose worker died; None when there is nothing to take.

    One that so many workers began without coming on is failed instead: it may be the export that ends them.
    """
    rows = FileExport.objects.filter(pk=export_id, state__in=FileExport.WORKING)
    owner = holding.lease(rows, Held.LEASE, state=State.RUNNING, started_at=timezone.now(), parts_done=0)
    if owner is None:
        return None
    held = Held(FileExport.objects.select_related("utility", "created_by").get(pk=export_id), owner)
    if held.row.attempts > MOST_ATTEMPTS:
        held.fail(f"{MOST_ATTEMPTS} workers ended while writing it. Look into the log of the workers.")
        return None
    return held
