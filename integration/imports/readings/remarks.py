"""Words of a file that belong to values, kept as comments."""

from __future__ import annotations

from collections.abc import Iterator

from headend.storing.texts import storable
from integration.formats.portion import Portion
from integration.imports.holding import Held
from integration.imports.readings.targets import NOWHERE, Targets
from integration.imports.texts import plain
from metering.intervals import DAY_S, to_instant
from metering.models import ValueComment
from metering.models.comment import LONGEST_TEXT
from metering.store.admit import FIRST_DAY, LAST_DAY

KIND = 24


def keep_remarks(held: Held, portion: Portion, targets: Targets) -> list[int]:
    """Keep the remarks of a portion that are not kept yet; ids of the comments made, so that undoing withdraws them."""
    wanted = {_identity(comment): comment for comment in _comments(held, portion, targets)}
    if not wanted:
        return []
    there = ValueComment.objects.standing().filter(
        series_id__in={comment.series_id for comment in wanted.values()},
        starts_at__gte=min(comment.starts_at for comment in wanted.values()),
        starts_at__lte=max(comment.starts_at for comment in wanted.values()),
    )
    for comment in there.iterator(chunk_size=5_000):
        wanted.pop(_identity(comment), None)
    return [comment.pk for comment in ValueComment.objects.bulk_create(wanted.values(), batch_size=5_000)]


def _comments(held: Held, portion: Portion, targets: Targets) -> Iterator[ValueComment]:
    person = held.row.confirmed_by_id or held.row.created_by_id
    for remark in portion.remarks:
        series, text = int(targets.series[remark.channel]), storable(remark.text).strip()[:LONGEST_TEXT]
        if series == NOWHERE or targets.refusals[remark.channel] or not text or not _possible(remark.start, remark.end):
            continue
        yield ValueComment(
            series_id=series,
            starts_at=to_instant(remark.start),
            ends_at=to_instant(remark.end),
            kind=plain(remark.kind, KIND),
            text=text,
            created_by_id=person,
        )


def _possible(start: int, end: int) -> bool:
    return FIRST_DAY * DAY_S <= start < end <= (LAST_DAY + 1) * DAY_S


def _identity(comment: ValueComment) -> tuple[object, ...]:
    return (comment.series_id, comment.starts_at, comment.ends_at, comment.kind, comment.text)
