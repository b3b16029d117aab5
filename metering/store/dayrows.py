"""Blocks as rows of `series_day` in COPY format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.store import copy
from metering.store.arrivals import Arrivals
from metering.store.batch import NO_VALUE, Rows
from metering.store.blocks import Blocks, Summary, pack_status, pack_values, status_widths, summarise, value_widths
from metering.store.ledger import Entry

COLUMNS = (
    "series_id, total, maximum, changed_at, origin_id, day, interval_s, version, present, suspect, estimated, "
    "values, quality, status"
)
ROWS_PER_PIECE = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a write does to rows that are stored: `arrivals` it adds; the stretches it replaces, each (n,), 0 = none."""

    arrivals: Arrivals
    first: NDArray[np.int64]
    count: NDArray[np.int64]

    COLUMNS = "arrivals, first_slot, slots"


@dataclass(frozen=True, slots=True, eq=False)
class DayRows:
    """Rows to send: keys (n,), blocks of one interval length, versions (n,) or one for all."""

    series_ids: NDArray[np.int64]
    days: NDArray[np.int32]
    interval_s: int
    blocks: Blocks
    versions: NDArray[np.int32]
    change: Change | None = None

    def encoded(self, entry: Entry) -> Iterator[bytes]:
        """The rows in COPY format in pieces of bounded size, header and trailer included."""
        yield copy.HEADER
        for first in range(0, len(self.series_ids), ROWS_PER_PIECE):
            yield from self._piece(slice(first, first + ROWS_PER_PIECE), entry)
        yield copy.TRAILER

    def _piece(self, part: slice, entry: Entry) -> Iterator[bytes]:
        """Rows of equal layout are encoded together: same widths, same columns NULL."""
        blocks = self.blocks.take(part)
        summary = summarise(blocks.values, blocks.quality)
        widths = status_widths(blocks.status, len(blocks)), value_widths(blocks.values)
        rated = np.zeros(len(blocks), np.bool_) if blocks.quality is None else blocks.quality.any(axis=1)
        layouts = widths[0] * 64 + widths[1] * 4 + rated * 2 + (summary.present == 0)
        if self.change is not None:
            layouts += self.change.arrivals.lengths[part] * 1024
        offset = part.start
        for layout in np.unique(layouts):
            rows: Rows = np.flatnonzero(layouts == layout) if (layouts != layout).any() else slice(None)
            own = np.arange(offset, offset + len(blocks))[rows]
            yield copy.rows(self._columns(blocks.take(rows), own, summary, rows, entry), len(own))

    def _columns(
        self, blocks: Blocks, own: NDArray[np.int64], summary: Summary, rows: Rows, entry: Entry
    ) -> list[copy.Column]:
        maximum = summary.maximum[rows]
        rated = blocks.quality is not None and blocks.quality[0].any()
        status_width = int(status_widths(blocks.status, len(blocks))[0])
        columns = [
            copy.integer(self.series_ids[own], 8),
            copy.integer(summary.total[rows], 8),
            copy.integer(None if maximum[0] == NO_VALUE else maximum, 8),
            copy.integer(entry.at_us, 8),
            copy.integer(entry.id, 8),
            copy.integer(copy.pg_days(self.days[own]), 4),
            copy.integer(self.interval_s, 4),
            copy.integer(self.versions[own], 4),
            copy.integer(summary.present[rows], 2),
            copy.integer(summary.suspect[rows], 2),
            copy.integer(summary.estimated[rows], 2),
            copy.packed(pack_values(blocks.values, int(value_widths(blocks.values[:1])[0]))),
            copy.packed(blocks.quality if rated else None),
            copy.packed(
                pack_status(blocks.status, status_width) if blocks.status is not None and status_width else None
            ),
        ]
        if self.change is not None:
            columns += [
                copy.packed(self.change.arrivals.of(own)),
                copy.integer(self.change.first[own], 2),
                copy.integer(self.change.count[own], 2),
            ]
        return columns
