"""Derivation against a plain model of two meters: roll-over, multipliers, an exchange, in any order of arrival."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.quality import Quality
from metering.store import NO_VALUE, read, rederive, restore

from .conftest import SeriesMaker
from .meters import ORIGIN, Consumption, Meter, consumption
from .samples import instant

INTERVAL_S, SLOTS = 21_600, 12
HALF = INTERVAL_S // 2
DIGITS = 3
CAPACITY = 1_000
LARGEST_STEP = CAPACITY // 4
"""Within half an interval; so less than half the capacity is used within a whole one."""


@dataclass(frozen=True)
class World:
    """Two meters over time, counted in halves of intervals.

    `steps` (2 · SLOTS) is what passed in each half; `shown` the instants at which stands of each meter arrive; the old
    meter may go on showing after the exchange and the new one before it: that counts nothing. `lost` are the parts
    (even or odd intervals) of what each meter shows that are taken back in the end. `factors` from halves on.
    """

    steps: list[int]
    starts: tuple[int, int]
    exchange: int | None
    noted: tuple[bool, bool]
    shown: tuple[set[int], set[int]]
    lost: tuple[set[int], set[int]]
    factors: tuple[dict[int, Fraction], dict[int, Fraction]]

    def stand(self, meter: int, half: int) -> int:
        return (self.starts[meter] + sum(self.steps[:half])) % CAPACITY

    def used(self, slot: int) -> int | None:
        """The consumption of one interval by hand; None where it cannot be known."""
        begin, end = 2 * slot, 2 * slot + 2
        cuts = {begin, end}
        if self.exchange is not None and begin < self.exchange < end:
            cuts.add(self.exchange)
        for meter in (0, 1):
            cuts |= {at for at in range(begin + 1, end) if self.changes(meter, at)}
        parts = [self.between(first, last, slot) for first, last in itertools.pairwise(sorted(cuts))]
        return None if None in parts else sum(part for part in parts if part is not None)

    def changes(self, meter: int, at: int) -> bool:
        """Whether a meter that counts before and after an instant does so with another factor."""
        counting = self.counts(meter, at - 1) and self.counts(meter, at)
        return counting and self.factor(meter, at) != self.factor(meter, at - 1)

    def factor(self, meter: int, half: int) -> Fraction:
        earlier = [at for at in self.factors[meter] if at <= half]
        return self.factors[meter][max(earlier)] if earlier else Fraction(1)

    def counts(self, meter: int, half: int) -> bool:
        """Whether a meter counts in the half that starts there."""
        if self.exchange is None:
            return meter == 0
        return half < self.exchange if meter == 0 else half >= self.exchange

    def between(self, first: int, last: int, slot: int) -> int | None:
        meter = 0 if self.counts(0, first) else 1
        if not all(self.known(meter, at, slot) for at in (first, last)):
            return None
        factor = self.factor(meter, first)
        begin, end = self.stand(meter, first), self.stand(meter, last)
        again = math.floor(CAPACITY * factor) if end < begin else 0
        return math.floor(end * factor) - math.floor(begin * factor) + again

    def known(self, meter: int, at: int, slot: int) -> bool:
        """Stands arrive on the grid only; at the exchange they are noted."""
        read = at // 2
        if at in (2 * slot, 2 * slot + 2) and read in self.shown[meter] and read % 2 not in self.lost[meter]:
            return True
        return at == self.exchange and self.noted[meter]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    factor = st.builds(Fraction, st.integers(1, 40), st.integers(1, 7))
    instants = st.sets(st.integers(0, SLOTS), min_size=4)
    parts = st.sets(st.integers(0, 1), max_size=1)
    halves = st.integers(0, 2 * SLOTS)
    return World(
        draw(st.lists(st.integers(0, LARGEST_STEP - 1), min_size=2 * SLOTS, max_size=2 * SLOTS)),
        (draw(st.integers(0, CAPACITY - 1)), draw(st.integers(0, CAPACITY - 1))),
        draw(st.none() | st.integers(1, 2 * SLOTS - 1)),
        (draw(st.booleans()), draw(st.booleans())),
        (draw(instants), draw(instants)),
        (draw(parts), draw(parts)),
        (draw(st.dictionaries(halves, factor, max_size=2)), draw(st.dictionaries(halves, factor, max_size=2))),
    )


def _at(half: int) -> dt.datetime:
    return instant(0) + dt.timedelta(seconds=half * HALF)


def _happenings(world: World, series: Consumption) -> list[Callable[[], object]]:
    """Everything that arrives or is recorded, each for itself."""
    found: list[Callable[[], object]] = []
    for number, meter in enumerate(series.meters[: 1 if world.exchange is None else 2]):
        for part in (0, 1):
            at = [each for each in sorted(world.shown[number]) if each % 2 == part]
            found += [_showing(world, number, meter, at)] if at else []
        found += [_factor(meter, half, factor) for half, factor in world.factors[number].items()]
    if world.exchange is not None:
        noted = [world.stand(n, world.exchange) if world.noted[n] else None for n in (0, 1)]
        found.append(lambda: series.exchanged(_at(world.exchange or 0), *noted))
    return found


def _showing(world: World, number: int, meter: Meter, at: list[int]) -> Callable[[], object]:
    return lambda: meter.shows([(_at(2 * each), world.stand(number, 2 * each)) for each in at])


def _taken_back(world: World, series: Consumption) -> None:
    """What is lost goes back to the state of long ago: it is as if it had never come."""
    for number, meter in enumerate(series.meters):
        for half in (2 * at for at in world.shown[number] if at % 2 in world.lost[number]):
            restore([meter.id], _at(half), _at(half + 1), as_of=instant(-9000), origin=ORIGIN)


def _factor(meter: Meter, half: int, factor: Fraction) -> Callable[[], object]:
    return lambda: meter.multiplied(_at(half), *factor.as_integer_ratio())


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds(), data=st.data())
def test_consumption_is_what_the_meters_measured(make_series: SeriesMaker, world: World, data: st.DataObject) -> None:
    with transaction.atomic():
        series = consumption(make_series, 2, interval_s=INTERVAL_S, register_digits=DIGITS)
        for happen in data.draw(st.permutations(_happenings(world, series))):
            happen()
        _taken_back(world, series)
        matrix = read([series.id], instant(0), instant(3))
        expected = [world.used(slot) for slot in range(SLOTS)]
        assert matrix.values[0].tolist() == [NO_VALUE if used is None else used for used in expected]
        assert set(matrix.quality[0][matrix.present[0]].tolist()) <= {Quality.MEASURED}
        again = rederive([meter.id for meter in series.meters], instant(-1), instant(4), origin=ORIGIN)
        assert (again.new, again.changed, again.refused) == (0, 0, 0)
