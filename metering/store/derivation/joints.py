"""Consumption of intervals in which something happens to a register: an exchange, another multiplier.

Such an interval is the sum of what each piece of each register that feeds the series adds to it, if these together
cover it without a gap: (final − stand of the old meter before) + (stand of the new meter after − initial). Where one of
these stands is unknown the interval is unknown. They are few, so plain exact fractions do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from metering.intervals import DAY_S
from metering.quality import CLASS_SHIFT, Quality, QualityClass
from metering.store import wire
from metering.store.batch import NO_VALUE, VALUE_LIMIT, Batch, place
from metering.store.derivation.edges import stands_at
from metering.store.derivation.rules import Feeds, Rules
from metering.store.derivation.timeline import Piece


class Interval(NamedTuple):
    """An interval of a fed series, seconds since 1970."""

    target: int
    start: int
    end: int


class Stand(NamedTuple):
    """A stand in the unit of its property, as read or as recorded at a boundary."""

    value: Fraction
    quality: int = Quality.MEASURED
    status: int = 0


class Used(NamedTuple):
    """What was used, in integer units of the fed series."""

    value: int
    quality: int
    status: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one piece of a register adds to an interval: from `start` to `end`."""

    start: int
    end: int
    used: Used


Read = dict[tuple[int, int], Stand]
"""Stands as read, by series and instant."""
Break = tuple[int, int]
"""A fed series, and an instant at which something happens to a register that feeds it."""


def joints(rules: Rules, breaks: Iterable[Break]) -> dict[Interval, Used | None]:
    """The intervals in or at which these breaks are, on the grids their days are stored in; None = unknown."""
    intervals = sorted(set(_intervals(list(breaks))))
    read = _read(rules.siblings, intervals)
    return {interval: used(rules, interval, read) for interval in intervals}


def used(rules: Rules, interval: Interval, read: Read) -> Used | None:
    """What was used in an interval by all registers that feed its series; None where that is unknown."""
    parts = [part for row in rules.siblings.by_target[interval.target] for part in _parts(rules, row, interval, read)]
    return _covering(parts, interval.start, interval.end)


def batches(found: dict[Interval, Used | None], *, withdraw: bool = False) -> list[Batch]:
    """The known ones as blocks, or with `withdraw` the unknown ones as values to be taken back."""
    wanted = {
        interval: each or Used(NO_VALUE, Quality.WITHDRAWN, 0)
        for interval, each in found.items()
        if (each is None) == withdraw
    }
    lengths = sorted({end - start for _target, start, end in wanted})
    return [_placed(length, {i: each for i, each in wanted.items() if i.end - i.start == length}) for length in lengths]


def _placed(interval_s: int, wanted: dict[Interval, Used]) -> Batch:
    values, quality, status = zip(*wanted.values(), strict=True)
    return place(interval_s, [i.target for i in wanted], [i.start for i in wanted], values, quality, status).batch


def _intervals(breaks: Sequence[Break]) -> Iterator[Interval]:
    lengths = _stored_lengths(breaks)
    for target, at in breaks:
        for day in {at // DAY_S, (at - 1) // DAY_S}:
            for length in lengths.get((target, day), ()):
                for start in {at - at % length, at - 1 - (at - 1) % length}:
                    if start // DAY_S == day:
                        yield Interval(target, start, start + length)


def _stored_lengths(breaks: Sequence[Break]) -> dict[tuple[int, int], list[int]]:
    """The interval lengths of the stands stored of each fed series and day around the breaks."""
    if not breaks:
        return {}
    keys = {(target, day) for target, at in breaks for day in (at // DAY_S, (at - 1) // DAY_S)}
    targets, days = np.array(sorted(keys), np.int64).T
    rows = wire.fetch(
        """
        SELECT DISTINCT k.target, k.day, d.interval_s
        FROM unnest(%(targets)s::bigint[], %(days)s::bigint[]) AS k (target, day)
        JOIN metering_series s ON s.feeds_id = k.target AND s.kind = 'stand'
        CROSS JOIN LATERAL (
            SELECT interval_s FROM series_day b
            WHERE b.series_id = s.id AND b.day = date '1970-01-01' + k.day::integer
            AND b.day BETWEEN date '1970-01-01' + %(low)s::integer AND date '1970-01-01' + %(high)s::integer
            OFFSET 0) AS d
        """,
        {"targets": targets, "days": days, "low": int(days.min()), "high": int(days.max())},
    )
    lengths: dict[tuple[int, int], list[int]] = {}
    for target, day, interval_s in rows:
        lengths.setdefault((target, day), []).append(interval_s)
    return lengths


def _read(feeds: Feeds, intervals: Sequence[Interval]) -> Read:
    """The stands at both ends of the intervals of all series that feed these."""
    keys = sorted(
        {
            (int(feeds.series_ids[row]), at)
            for interval in intervals
            for row in feeds.by_target[interval.target]
            for at in (interval.start, interval.end)
        }
    )
    if not keys:
        return {}
    series_ids, instants = np.array(keys, np.int64).T
    found = stands_at(series_ids, instants)
    exponents = feeds.exponents[feeds.rows(series_ids[found.rows])]
    columns = (found.rows, exponents, found.stands.values, found.stands.quality, found.stands.status)
    return {
        keys[row]: Stand(value * Fraction(10) ** exponent, quality, status)
        for row, exponent, value, quality, status in zip(*(column.tolist() for column in columns), strict=True)
        if value != NO_VALUE
    }


def _parts(rules: Rules, row: int, interval: Interval, read: Read) -> Iterator[Part]:
    feeds = rules.siblings
    series = int(feeds.series_ids[row])
    stand_unit, unit = (Fraction(10) ** int(e[row]) for e in (feeds.exponents, feeds.target_exponents))
    capacity = int(feeds.capacity[row]) * stand_unit
    for piece in rules.pieces_of(series):
        start, end = max(piece.start, interval.start), min(piece.end, interval.end)
        if not piece.active or start >= end:
            continue
        first = _stand(read, series, start, interval.start, piece.opening if start == piece.start else None)
        last = _stand(read, series, end, interval.end, piece.closing if end == piece.end else None)
        if first and last:
            yield Part(start, end, _difference(first, last, piece, capacity, unit))


def _stand(read: Read, series: int, at: int, edge: int, recorded: Fraction | None) -> Stand | None:
    """The stand as read where the interval has its edge, else as recorded."""
    as_read = read.get((series, at)) if at == edge else None
    return as_read or (None if recorded is None else Stand(recorded))


def _difference(first: Stand, last: Stand, piece: Piece, capacity: Fraction, unit: Fraction) -> Used:
    """As `metering.store.stands.consumption` has it: every stand rounded down by itself."""
    start, end, again = (math.floor(each * piece.ratio / unit) for each in (first.value, last.value, capacity))
    wrapped = last.value - first.value + capacity
    rolled = last.value < first.value and wrapped >= 0 and 2 * wrapped < capacity
    doubtful = (last.value < first.value and not rolled) or any(
        each.quality >> CLASS_SHIFT == QualityClass.SUSPECT for each in (first, last)
    )
    value = end - start + (again if rolled else 0)
    return Used(_within_limit(value), Quality.SUSPECT if doubtful else Quality.MEASURED, first.status | last.status)


def _covering(parts: Sequence[Part], start: int, end: int) -> Used | None:
    """The sum of parts that follow each other from start to end; of several ways that with the longest first."""
    if start == end:
        return Used(0, Quality.MEASURED, 0)
    for part in sorted((part for part in parts if part.start == start), key=lambda part: -part.end):
        rest = _covering(parts, part.end, end)
        if rest is not None:
            value, quality = part.used.value + rest.value, max(part.used.quality, rest.quality)
            return Used(_within_limit(value), quality, part.used.status | rest.status)
    return None


def _within_limit(value: int) -> int:
    """What is beyond the store becomes the limit itself, which it refuses by name."""
    return max(-VALUE_LIMIT, min(value, VALUE_LIMIT))
