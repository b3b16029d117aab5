"""Blocks: can they be decoded, and do the summary columns say what they hold?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, SHORTEST_INTERVAL_S
from metering.store import wire
from metering.store.archive.tables import SERIES_DAY
from metering.store.arrivals import first_writes
from metering.store.batch import NO_VALUE
from metering.store.blocks import summarise, unpack_quality, unpack_values
from metering.store.check.findings import Fault, Finding, of_rows

ROWS_AT_ONCE = 5_000
_TOLD_EVERY = 100
_VALUES, _STATUS = (4, 8), (1, 2, 4)


class Row(NamedTuple):
    """A row of `series_day`; `day` since 1970, `kept` how many former states there are."""

    series_id: int
    day: int
    interval_s: int
    version: int
    made_by: int
    kept: int
    present: int
    suspect: int
    estimated: int
    total: int
    maximum: int | None
    arrivals: bytes | None
    values: bytes
    quality: bytes | None
    status: bytes | None

    @property
    def key(self) -> tuple[int, int]:
        return self.series_id, self.day

    @property
    def slots(self) -> int:
        """Slots per day; 0 where its interval length is none of a block."""
        fits = self.interval_s >= SHORTEST_INTERVAL_S and DAY_S % self.interval_s == 0
        return DAY_S // self.interval_s if fits else 0

    @property
    def decodes(self) -> bool:
        """Whether its octets are as many as its slots need."""
        widths = [(self.values, _VALUES), (self.quality, (1,)), (self.status, _STATUS)]
        lengths = [(octets, [width * self.slots for width in allowed]) for octets, allowed in widths]
        return self.slots > 0 and all(octets is None or len(octets) in allowed for octets, allowed in lengths)


def check_blocks(month: dt.date, tell: Callable[[str], None]) -> Iterator[Finding]:
    """What is wrong with the blocks of a month that is online."""
    for number, rows in enumerate(_pages(month)):
        if number % _TOLD_EVERY == 0:
            tell(f"blocks of {month:%Y-%m}, from series {rows[0].series_id}")
        yield from _check(rows, SERIES_DAY.partition(month))


def wrong_summaries(rows: Sequence[Row]) -> list[Row]:
    """Rows whose summary is not what their values say; all must decode."""
    wrong: list[Row] = []
    for slots in {row.slots for row in rows}:
        own = [row for row in rows if row.slots == slots]
        told = np.array([(*row[6:10], NO_VALUE if row.maximum is None else row.maximum) for row in own], np.int64)
        wrong += [own[place] for place in np.flatnonzero((told != summaries_of(own)).any(axis=1)).tolist()]
    return wrong


def summaries_of(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Present, suspect, estimated, total and maximum, int64 (n, 5), of rows of one interval length that decode."""
    values = unpack_values([row.values for row in rows], rows[0].slots)
    found = summarise(values, unpack_quality([row.quality for row in rows], rows[0].slots))
    return np.stack([found.present, found.suspect, found.estimated, found.total, found.maximum], axis=1)


def rows_of(table: str, condition: str, params: dict[str, object]) -> list[Row]:
    """Rows of a partition that fulfil a condition (SQL), in key order, at most a page."""
    return [Row(*row) for row in wire.fetch(_ROWS.format(table=table, condition=condition), params)]


def _pages(month: dt.date) -> Iterator[list[Row]]:
    after = (0, 0)
    while rows := rows_of(SERIES_DAY.partition(month), _AFTER, {"series": after[0], "day": after[1]}):
        yield rows
        after = rows[-1].key


def _check(rows: list[Row], table: str) -> Iterator[Finding]:
    sound = [row for row in rows if row.decodes]
    broken = (row.key for row in rows if not row.decodes)
    yield from of_rows(Fault.BLOCK, table, "the octets do not fit the interval length", broken)
    wrong = (row.key for row in wrong_summaries(sound))
    yield from of_rows(Fault.SUMMARY, table, "the summary is not that of the values", wrong)
    for row in rows:
        if row.kept != row.version - 1:
            what = f"it is version {row.version}, so there should be {row.version - 1} former states, not {row.kept}"
            yield from of_rows(Fault.VERSIONS, table, what, [row.key])
    lost = (row.key for row in _with_lost_arrivals(sound))
    yield from of_rows(Fault.ARRIVALS, table, "when its values came cannot be told", lost)


def _with_lost_arrivals(rows: list[Row]) -> list[Row]:
    """Rows whose arrivals cannot be decoded; one by one only where some of them cannot."""
    return [row for row in rows if not _arrivals_decode([row])] if not _arrivals_decode(rows) else []


def _arrivals_decode(rows: list[Row]) -> bool:
    try:
        for slots in {row.slots for row in rows}:
            own = [row for row in rows if row.slots == slots and row.arrivals is not None]
            writes = first_writes(
                np.array([row.made_by for row in own], np.int64), [row.arrivals for row in own], slots
            )
            if writes.size and writes.min() < 0:
                return False
    except (ValueError, IndexError):
        return False
    return True


_AFTER = "(series_id, day) > (%(series)s::bigint, date '1970-01-01' + %(day)s::integer)"
_ROWS = f"""
SELECT series_id, day - date '1970-01-01', interval_s, version, origin_id,
    (SELECT count(*) FROM series_day_version v WHERE v.series_id = d.series_id AND v.day = d.day),
    present, suspect, estimated, total, maximum, arrivals, d.values, quality, status
FROM {{table}} d WHERE {{condition}} ORDER BY series_id, day LIMIT {ROWS_AT_ONCE}
"""  # noqa: S608  (no text from outside)
