"""Taking back what an import stored, chunk by chunk, the last one first.

What somebody else changed since stays as it is. Series stay too: one without values does no harm.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from integration.imports.holding import Held
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import ImportChunk
from metering import store
from metering.models import ValueComment
from metering.store import Counts


def undo_readings(held: Held) -> None:
    """Take back the chunks that still stand; afterwards the import is undone."""
    taken = Tally.of_json(held.row.taken_back)
    while chunk := held.row.chunks.filter(undone_at=None).order_by("-number").first():
        held.stop_if_told()
        with transaction.atomic():
            taken += Tally.of_counts(_take_back(held, chunk))
            held.advance(_done(held, chunk), taken_back=taken.as_json())
    held.end(State.UNDONE)


def _take_back(held: Held, chunk: ImportChunk) -> Counts:
    now = timezone.now()
    comments = ValueComment.objects.standing().filter(pk__in=chunk.comment_ids)
    comments.update(withdrawn_at=now, withdrawn_by=held.row.undone_by)
    ImportChunk.objects.filter(pk=chunk.pk).update(undone_at=now)
    if not chunk.entries or chunk.starts_at is None or chunk.ends_at is None:
        return Counts()
    return store.undo(chunk.entries, chunk.series_ids, chunk.starts_at, chunk.ends_at, origin=held.origin)


def _done(held: Held, chunk: ImportChunk) -> int:
    """How far the undoing is, told as octets of the file from its end."""
    before = held.row.chunks.filter(number=chunk.number - 1).values_list("position", flat=True).first()
    return max(0, held.row.file.octets - (before or 0))
