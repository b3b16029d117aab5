"""Completeness of many series over many days, without decoding a block and mostly without looking at days.

Months that are summed up (`metering.store.statistics`) answer with a few rows per series; days that are not yet, and
months of series that changed since, with the summaries of their blocks. One statement sees all of these at one instant,
so the answer is exact at any time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from metering.intervals import day_number
from metering.store import wire
from metering.store.archive.months import Archived, steadily
from metering.store.archive.rows import with_archived
from metering.store.matrix import Summaries
from metering.store.selection import selection
from metering.store.statistics.state import FoldedMonth, folded_months
from metering.store.stretches import runs

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Completeness:
    """Values of `series_ids` in a period, all int64 (n,), ascending by series.

    `expected`: every slot of the period, whether or not a meter hung there. `present`: values there are, of which
    `suspect` and `estimated`.
    """

    series_ids: Ints
    expected: Ints
    present: Ints
    suspect: Ints
    estimated: Ints

    def __len__(self) -> int:
        return len(self.series_ids)


def completeness(
    series_ids: Sequence[int] | NDArray[np.int64] | None, first_day: dt.date, last_day: dt.date
) -> Completeness:
    """How complete these profile series (None: all there are) are in the UTC days up to `last_day`, included.

    A day without block counts with the interval length its series has, other days with that of their block. Series
    that are unknown, or no profiles, are left out. ArchiveError as of `read`.
    """
    first, last = day_number(first_day), day_number(last_day)
    asked = None if series_ids is None else np.unique(np.asarray(series_ids, np.int64))
    ids, slots = _profiles(asked)
    sums = steadily("interval", first, last, partial(_sums, asked, first, last))
    found = np.zeros((_SUMS, len(ids)), np.int64)
    for part in sums:
        known = np.isin(part[0], ids)
        place = np.searchsorted(ids, part[0, known])
        for row, column in zip(found, part[1:, known], strict=True):
            np.add.at(row, place, column)
    days, stored, *counts = found
    return Completeness(ids, stored + (last - first + 1 - days) * slots, *counts)


_SUMS = 5
"""Days with a block, the slots of these, values present, suspect and estimated."""


def _profiles(asked: Ints | None) -> tuple[Ints, Ints]:
    """Series id and slots per day of these profile series."""
    which = "TRUE" if asked is None else "id = ANY (%(ids)s::bigint[])"
    rows = wire.fetch(
        f"""
        SELECT coalesce(array_agg(id ORDER BY id), '{{}}'),
            coalesce(array_agg((86400 / interval_s)::bigint ORDER BY id), '{{}}')
        FROM metering_series WHERE interval_s > 0 AND {which}
        """,  # noqa: S608  (no text from outside)
        {} if asked is None else {"ids": asked},
    )
    ids, slots = rows[0]
    return ids, slots


def _sums(asked: Ints | None, first: int, last: int, archived: Archived) -> list[Ints]:
    """Series id and the sums of it, int64 (1 + _SUMS, m), in several parts."""
    while True:
        folded = folded_months(first, last)
        kept = [month for month in folded if _answers(month, archived)]
        found, seen = _in_database(asked, kept, _other_days(kept, first, last, archived), first, last)
        if seen == [month.last for month in folded]:
            break
    rest = archived.without(month.first for month in kept)
    return [found, _in_files(asked, first, last, rest)] if rest else [found]


def _answers(month: FoldedMonth, archived: Archived) -> bool:
    """Whether its sums may be used. They may not, instead of files, where they are not all there is."""
    if not archived.holds(np.array([month.first]))[0]:
        return True
    return month.is_whole and not month.changed and archived.has_files(month.first)


def _other_days(kept: Sequence[FoldedMonth], first: int, last: int, archived: Archived) -> list[tuple[int, int]]:
    """The stretches of days (both ends included) whose blocks have to be asked."""
    days = np.arange(first, last + 1)
    others = ~archived.holds(days)
    for month in kept:
        others[month.first - first : month.last - first + 1] = False
    _rows, starts, ends = runs(others[None, :])
    return list(zip((starts + first).tolist(), (ends + first - 1).tolist(), strict=True))


def _in_database(
    asked: Ints | None, kept: Sequence[FoldedMonth], others: Sequence[tuple[int, int]], first: int, last: int
) -> tuple[Ints, list[int]]:
    """The sums of these months and other days, and how far months were summed up at that instant."""
    # In full text: the planner leaves partitions out by days it knows.
    days = " OR ".join(f"day BETWEEN {_DAY} + {start} AND {_DAY} + {end}" for start, end in others) or "FALSE"
    months = " OR ".join(f"month = {_DAY} + {month.first}" for month in kept) or "FALSE"
    which, params = selection(asked)
    params |= {"first": first, "last": last}
    params |= {"months": np.array([month.first for month in kept]), "ends": np.array([month.last for month in kept])}
    *columns, seen = wire.fetch(_SUM_UP.format(days=days, months=months, which=which), params)[0]
    return np.stack(columns), seen.tolist()


def _in_files(asked: Ints | None, first: int, last: int, archived: Archived) -> Ints:
    """The sums of the blocks of archived months."""
    found = with_archived(Summaries.none(), archived, asked, first, last)
    counts = (found.slots, found.present, found.suspect, found.estimated)
    return np.stack([found.series_ids, np.ones(len(found), np.int64), *counts]).astype(np.int64)


_DAY = "date '1970-01-01'"
# Few months changed, and each is found by the primary key: OFFSET 0 keeps the planner from looking through all.
# After an import of years many have: NOT IN would then compare each row with each of them.
_SUM_UP = """
WITH kept AS MATERIALIZED (
    SELECT date '1970-01-01' + first::integer AS month, date '1970-01-01' + last::integer AS last
    FROM unnest(%(months)s::bigint[], %(ends)s::bigint[]) AS k (first, last)
), changed AS MATERIALIZED (
    SELECT month, last, series_id FROM series_month_changed JOIN kept USING (month) WHERE {which}
), block AS (
    SELECT series_id, 86400 / interval_s AS slots, present, suspect, estimated
    FROM series_day WHERE ({days}) AND {which}
    UNION ALL
    SELECT c.series_id, d.* FROM changed c CROSS JOIN LATERAL (
        SELECT 86400 / interval_s, present, suspect, estimated FROM series_day s
        WHERE s.series_id = c.series_id AND s.day BETWEEN c.month AND c.last OFFSET 0) AS d
), part AS (
    SELECT series_id, 1 AS days, slots, present, suspect, estimated FROM block
    UNION ALL
    SELECT series_id, days, slots, present, suspect, estimated FROM series_month m
    WHERE ({months}) AND {which}
    AND NOT EXISTS (SELECT FROM series_month_changed c WHERE c.month = m.month AND c.series_id = m.series_id)
), summed AS (
    SELECT series_id, sum(days) AS days, sum(slots) AS slots, sum(present) AS present, sum(suspect) AS suspect,
        sum(estimated) AS estimated
    FROM part GROUP BY series_id
)
SELECT coalesce(array_agg(series_id), '{{}}'), coalesce(array_agg(days), '{{}}'), coalesce(array_agg(slots), '{{}}'),
    coalesce(array_agg(present), '{{}}'), coalesce(array_agg(suspect), '{{}}'), coalesce(array_agg(estimated), '{{}}'),
    ARRAY(SELECT (folded - date '1970-01-01')::bigint FROM folded_month
        WHERE month >= date '1970-01-01' + %(first)s::integer AND folded <= date '1970-01-01' + %(last)s::integer
        ORDER BY month)
FROM summed
"""
