"""Comments that came with files of a format go out with them again."""

from __future__ import annotations

from collections.abc import Mapping

from integration.formats.portion import Remark
from metering.intervals import to_instant, to_seconds
from metering.models import ValueComment


def remarks_of(channels: Mapping[int, int], beginning: str, start: int, end: int) -> tuple[Remark, ...]:
    """The standing comments on [start, end) whose kind begins with `beginning`, in order of time.

    `channels`: number of the channel by series id. One query.
    """
    if not beginning or not channels:
        return ()
    rows = ValueComment.objects.filter(series__in=list(channels), kind__startswith=beginning).standing()
    found = rows.touching(to_instant(start), to_instant(end)).order_by("starts_at", "id")
    return tuple(
        Remark(channels[row.series_id], to_seconds(row.starts_at), to_seconds(row.ends_at), row.kind, row.text)
        for row in found.iterator(chunk_size=5_000)
    )
