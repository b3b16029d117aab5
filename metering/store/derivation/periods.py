"""Consumption between register values: daily, monthly and on-demand stands, which feed no series.

Nothing of it is stored. Between two register values that follow each other the difference is as exact as between the
stands of a profile, by the same rules: every stand scaled and rounded down by itself, roll-over, multiplier, exchange.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality
from metering.store import wire
from metering.store.batch import NO_VALUE
from metering.store.derivation.joints import Interval, Read, Stand, Used, used
from metering.store.derivation.rules import Feeds, Rules, rules_between
from metering.store.registers import Registers, read_registers
from metering.store.stands import Readings, consumption

_SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class PeriodConsumption:
    """What was used from `starts` to `ends`, all (m,), by series and time.

    series_ids int64: the series whose stand ends the period; starts, ends datetime64[s] UTC; values int64 of
    10^`exponents` units (`NO_VALUE` where unknown), exponents int64, quality uint8 (`Quality.MISSING` where unknown),
    status uint32.
    """

    series_ids: NDArray[np.int64]
    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    values: NDArray[np.int64]
    exponents: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.series_ids)


def period_consumption(
    series_ids: Sequence[int] | NDArray[np.int64],
    start: dt.datetime,
    end: dt.datetime,
    *,
    as_of: dt.datetime | None = None,
) -> PeriodConsumption:
    """What was used between the register values of these stand series that follow each other in [start, end].

    Series of one register of a metering point in one rhythm belong together: give those of both meters of an exchange,
    and the period in which it was is the sum of both, in the finer of their exponents. `as_of` takes the register
    values that were stored then. NaiveInstantError for instants without a zone.
    """
    feeds = _belonging_together(np.asarray(series_ids, np.int64))
    if not len(feeds):
        return _as_columns([])
    stands = read_registers(feeds.series_ids, start, end + _SECOND, as_of=as_of)
    return between(_take(stands, stands.values != NO_VALUE), rules_between(feeds))


def between(stands: Registers, rules: Rules) -> PeriodConsumption:
    """What was used between these stands, by series and time and all of them known, that follow each other.

    `rules.feeds` says which series belong together: those with the same target.
    """
    alone = _alone(stands.series_ids, rules.feeds)
    return _in_order(*_of_single(_take(stands, alone), rules), _of_several(_take(stands, ~alone), rules))


def _belonging_together(series_ids: NDArray[np.int64]) -> Feeds:
    """The stand series among these, each feeding the first of those it belongs with, in the finest of their units."""
    return Feeds(*wire.fetch(_TOGETHER, {"ids": np.unique(series_ids)})[0])


_TOGETHER = """
SELECT coalesce(array_agg(id ORDER BY id), '{}'), coalesce(array_agg(first ORDER BY id), '{}'),
    coalesce(array_agg(exponent ORDER BY id), '{}'), coalesce(array_agg(finest ORDER BY id), '{}'),
    coalesce(array_agg(digits ORDER BY id), '{}')
FROM (
    SELECT id, min(id) OVER register AS first, exponent::bigint AS exponent,
        min(exponent::bigint) OVER register AS finest, coalesce(register_digits, 0)::bigint AS digits
    FROM metering_series WHERE id = ANY (%(ids)s::bigint[]) AND kind = 'stand'
    WINDOW register AS (PARTITION BY metering_point_id, measured_property_id, periodicity)
) AS found
"""


def _alone(series_ids: NDArray[np.int64], feeds: Feeds) -> NDArray[np.bool_]:
    """Which of these belong with no other; same shape."""
    first = np.searchsorted(feeds.series_ids, feeds.targets)
    alone: NDArray[np.bool_] = np.bincount(first)[first[feeds.rows(series_ids)]] == 1
    return alone


def _of_single(stands: Registers, rules: Rules) -> list[PeriodConsumption]:
    """Between the stands of single series: vectorised, save where something happens to the register."""
    first = np.flatnonzero(np.diff(stands.series_ids) == 0)
    at = stands.at.astype(np.int64)
    scale, inside = rules.scale(stands.series_ids[first], at[first], at[first + 1] - at[first])
    kept = first[inside]
    begin, end = (Readings(stands.values[k], stands.quality[k], stands.status[k]) for k in (kept, kept + 1))
    found = consumption(begin, end, scale.take(inside))
    series_ids, starts, ends = stands.series_ids[kept], stands.at[kept], stands.at[kept + 1]
    exponents = rules.feeds.target_exponents[rules.feeds.rows(series_ids)]
    columns = (series_ids, starts, ends, found.values, exponents, found.quality, found.status)
    return [PeriodConsumption(*columns), _of_each(stands, first[~inside], rules)]


def _of_each(stands: Registers, first: NDArray[np.intp], rules: Rules) -> PeriodConsumption:
    """Between the stands `first` and those that follow them, one period at a time."""
    around = np.isin(np.arange(len(stands)), np.concatenate([first, first + 1]))
    read = _read(_take(stands, around), rules.feeds)
    ids, at = stands.series_ids.tolist(), stands.at.astype(np.int64).tolist()
    targets = rules.feeds.targets[rules.feeds.rows(stands.series_ids)].tolist()
    return _as_columns([_period(rules, Interval(targets[k], at[k], at[k + 1]), read, ids[k]) for k in first.tolist()])


def _of_several(stands: Registers, rules: Rules) -> PeriodConsumption:
    """Between the stands of series that belong together, whichever of them has one at an instant."""
    read = {key: stand for key, stand in _read(stands, rules.feeds).items() if _counts_at(rules, *key)}
    target_of = dict(zip(rules.feeds.series_ids.tolist(), rules.feeds.targets.tolist(), strict=True))
    instants: dict[int, dict[int, int]] = {}
    for series, at in read:
        instants.setdefault(target_of[series], {})[at] = series
    return _as_columns(
        [
            _period(rules, Interval(target, start, end), read, series_at[end])
            for target, series_at in instants.items()
            for start, end in pairwise(sorted(series_at))
        ]
    )


def _counts_at(rules: Rules, series: int, at: int) -> bool:
    """Whether the register counts just before or after an instant: one that lies on a shelf may still be read."""
    return any(piece.active and piece.start <= at <= piece.end for piece in rules.pieces_of(series))


_Row = tuple[int, int, int, int, int, int, int]
"""The columns of `PeriodConsumption`, instants in seconds."""


def _period(rules: Rules, interval: Interval, read: Read, series: int) -> _Row:
    found = used(rules, interval, read) or Used(NO_VALUE, Quality.MISSING, 0)
    exponent = int(rules.feeds.target_exponents[rules.feeds.by_target[interval.target][0]])
    return series, interval.start, interval.end, found.value, exponent, found.quality, found.status


def _read(stands: Registers, feeds: Feeds) -> Read:
    exponents = feeds.exponents[feeds.rows(stands.series_ids)]
    columns = (stands.series_ids, stands.at.astype(np.int64), exponents, stands.values, stands.quality, stands.status)
    return {
        (series, at): Stand(value * Fraction(10) ** exponent, quality, status)
        for series, at, exponent, value, quality, status in zip(*(column.tolist() for column in columns), strict=True)
    }


def _as_columns(rows: list[_Row]) -> PeriodConsumption:
    series, starts, ends, values, exponents, quality, status = np.array(rows, np.int64).reshape(-1, 7).T
    return PeriodConsumption(
        series,
        starts.astype("datetime64[s]"),
        ends.astype("datetime64[s]"),
        values,
        exponents,
        quality.astype(np.uint8),
        status.astype(np.uint32),
    )


def _in_order(*parts: PeriodConsumption) -> PeriodConsumption:
    names = [column.name for column in fields(PeriodConsumption)]
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.lexsort((columns[1], columns[0]))
    return PeriodConsumption(*(column[order] for column in columns))


def _take(stands: Registers, rows: NDArray[np.bool_]) -> Registers:
    return Registers(*(getattr(stands, column.name)[rows] for column in fields(Registers)))
