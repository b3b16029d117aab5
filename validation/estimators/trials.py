"""Gaps cut into real curves, to see what an estimator makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.estimators.arrays import Bools, Floats, Index, Ints
from validation.estimators.days import JudgedDays, day_kinds
from validation.estimators.history import History
from validation.estimators.levels import shares_of_day
from validation.estimators.sources import WORKING

PAST_DAYS = 56
JUDGED_DAYS = 5
_YEAR, _AROUND = 364, 14


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Complete days of one metering point, without holidays and clock changes.

    numbers  int32 (d,), dates as days since 1970-01-01, ascending, days may be left out
    energy   int64 (d, per day), integers of any unit, none missing
    """

    numbers: NDArray[np.int32]
    energy: Ints

    @property
    def per_day(self) -> int:
        return int(self.energy.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One window of a curve in n rows, each with another gap.

    days     one day of context, then `JUDGED_DAYS`
    truth    int64 (n, slots), what was measured
    wanted   bool (n, slots), the gap of each row
    history  `PAST_DAYS` before, the judged days without the gaps, the weeks around the same days a year before; nothing
             that came later, as on the morning after
    shape    float64 (d, wall), class profile from the other curves, in parts of an average day
    level    average value of a slot of the curve
    """

    days: JudgedDays
    truth: Ints
    wanted: Bools
    history: History
    shape: Floats
    level: float

    @property
    def usable(self) -> Bools:
        """bool (n, slots): everything but the gaps."""
        return ~self.wanted


def trials(curves: Mapping[str, Curve], length: int, *, windows: int, rows: int, seed: int) -> Iterator[Trial]:
    """`windows` windows of each curve with `rows` gaps of `length` slots, the same for the same seed.

    A gap lies anywhere within the judged days, with a value on both sides. ValueError if `length` leaves no room.
    """
    for number, (name, curve) in enumerate(curves.items()):
        room = _room(length, curve.per_day)
        rng = np.random.default_rng([seed, length, number])
        shape = _class_shape([other for key, other in curves.items() if key != name] or [curve])
        starts = _starts(curve)
        for start in rng.choice(starts, min(windows, len(starts)), replace=False):
            yield _trial(curve, int(start), _gaps(rng, length, rows, room, curve.per_day), shape)


def _starts(curve: Curve) -> Index:
    """Indexes of days followed by `JUDGED_DAYS` more without a break, with a year before them, so that every method
    has its past."""
    ahead = np.arange(max(len(curve.numbers) - JUDGED_DAYS, 0))
    unbroken = curve.numbers[ahead + JUDGED_DAYS] - curve.numbers[ahead] == JUDGED_DAYS
    return np.flatnonzero(unbroken & (curve.numbers[ahead] - curve.numbers[0] >= _YEAR + _AROUND))


def _room(length: int, per_day: int) -> int:
    """In how many slots of the judged days a gap may begin."""
    room = JUDGED_DAYS * per_day - length
    if length < 1 or room < 1:
        raise ValueError(f"A gap of {length} slots has no place in {JUDGED_DAYS} days of {per_day}")
    return room


def _gaps(rng: np.random.Generator, length: int, rows: int, room: int, per_day: int) -> Bools:
    first = per_day + rng.integers(0, room, rows)[:, None]
    columns = np.arange(per_day * (JUDGED_DAYS + 1))
    gaps: Bools = (columns >= first) & (columns < first + length)
    return gaps


def _trial(curve: Curve, start: int, wanted: Bools, shape: Floats) -> Trial:
    rows, window = len(wanted), slice(start, start + JUDGED_DAYS + 1)
    first = int(curve.numbers[start]) + 1
    edges = np.arange(1, JUDGED_DAYS + 2) * curve.per_day
    days = JudgedDays.of(first, edges, curve.per_day)
    truth = np.repeat(curve.energy[window].reshape(1, -1), rows, axis=0)
    working = np.isin(days.kinds, WORKING).astype(np.intp)
    return Trial(days, truth, wanted, _history(curve, first, wanted), shape[working], float(curve.energy.mean()))


def _history(curve: Curve, first: int, wanted: Bools) -> History:
    away = curve.numbers - first
    near = (away >= -PAST_DAYS) & (away < JUDGED_DAYS)
    year = (away >= -_YEAR - _AROUND) & (away < -_YEAR + _AROUND + JUDGED_DAYS)
    kept = np.flatnonzero(near | year)
    numbers = curve.numbers[kept]
    values = np.repeat(curve.energy[kept][None], len(wanted), axis=0)
    usable = np.ones(values.shape, np.bool_)
    usable[:, -JUDGED_DAYS:] = ~wanted[:, curve.per_day :].reshape(len(wanted), JUDGED_DAYS, curve.per_day)
    return History(values, usable, numbers, day_kinds(numbers), np.zeros(values.shape[:2], np.bool_))


def _class_shape(curves: list[Curve]) -> Floats:
    """Average day of weekends (0) and of working days (1), float64 (2, wall), in parts of an average day."""
    shapes = []
    for curve in curves:
        working = np.isin(day_kinds(curve.numbers), WORKING)
        share = shares_of_day(curve.energy.astype(np.float64))
        shapes.append([share[~working].mean(axis=0), share[working].mean(axis=0)])
    both: Floats = np.asarray(shapes).mean(axis=0)
    return both
