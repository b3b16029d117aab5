"""What registers had counted, from all that is known of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from metering.models import BoundaryStand, MeteringPoint, Multiplier, Series
from metering.quality import Quality
from metering.store import NO_VALUE
from tests import factories as make
from tests.queries import count_queries
from tests.validation.loading.world import DAY, at, facts, metered, read_stand, store, window
from validation.facts import Need
from validation.window import Window

pytestmark = pytest.mark.django_db


@pytest.fixture
def point() -> MeteringPoint:
    return metered()[0]


def stand(point: MeteringPoint, source: str = "M1", **fields: Any) -> Series:
    """A stand series of imported energy."""
    return make.make_series(point, "1-0:1.8.0", kind="stand", source=source, **fields)


def hourly(point: MeteringPoint, **fields: Any) -> tuple[Series, Series]:
    """A consumption series by the hour, and the stands that feed it."""
    used = make.make_series(point, interval_s=3_600)
    return used, stand(point, interval_s=3_600, feeds=used, **fields)


def of_day(found: Window, row: int = 0) -> list[int | None]:
    """The stands of a row from the beginning of the judged days to their end, None where unknown."""
    stands = facts(found, Need.STANDS).stands
    assert stands is not None
    assert stands.shape == (len(found), found.shape[1] + 1)
    return [None if value == NO_VALUE else value for value in stands[row, found.edges[0] :].tolist()]


def differences(values: list[int | None]) -> list[int | None]:
    """What was used between boundaries that follow each other."""
    return [None if first is None or last is None else last - first for first, last in pairwise(values)]


def test_a_profile_of_stands_with_a_gap(point: MeteringPoint) -> None:
    used, shown = hourly(point)
    store(shown, at("2026-03-10 00:00"), [100, 101, 103, None, None, 115, *range(116, 135)])
    found = of_day(window(used))
    assert found[:7] == [0, 1, 3, None, None, 15, 16]
    assert found[24] == 34


def test_only_readings_at_midnight(point: MeteringPoint) -> None:
    """A profile of deltas beside daily stands: no series feeds it."""
    used = make.make_series(point, interval_s=3_600)
    daily = stand(point, interval_s=0, periodicity="daily", exponent=3)
    read_stand(daily, {"2026-03-10 00:00": 500, "2026-03-10 12:30": 505, "2026-03-11 00:00": 524})
    found = of_day(window(used))
    assert (found[0], found[-1]) == (0, 24_000)
    assert found[1:-1] == [None] * 23


def test_readings_fill_in_where_the_profile_has_nothing(point: MeteringPoint) -> None:
    used, shown = hourly(point, exponent=1)
    on_demand = stand(point, interval_s=0, periodicity="on_demand")
    store(shown, at("2026-03-10 00:00"), [10, 11])
    read_stand(on_demand, {"2026-03-10 01:00": 999, "2026-03-10 05:00": 147})
    assert of_day(window(used))[:6] == [0, 10, None, None, None, 47]


def test_doubted_stands_do_not_count(point: MeteringPoint) -> None:
    used, shown = hourly(point)
    store(shown, at("2026-03-10 00:00"), [100])
    store(shown, at("2026-03-10 01:00"), [70_000], Quality.SUSPECT)
    store(shown, at("2026-03-10 02:00"), [104])
    assert of_day(window(used))[:3] == [0, None, 4]


def test_a_roll_over_in_a_gap(point: MeteringPoint) -> None:
    used, shown = hourly(point, register_digits=5)
    store(shown, at("2026-03-10 00:00"), [99_990, 99_995, None, 3])
    assert of_day(window(used))[:4] == [0, 5, None, 13]


def test_a_step_backwards_breaks_the_chain_and_the_longest_stretch_stays(point: MeteringPoint) -> None:
    used, shown = hourly(point)
    store(shown, at("2026-03-10 00:00"), [500, 501, 502, 10, 11, 12, 13, 14, 15])
    assert differences(of_day(window(used)))[:8] == [None, None, None, 1, 1, 1, 1, 1]


def test_multipliers_are_exact_on_both_sides_of_a_change(point: MeteringPoint) -> None:
    used, shown = hourly(point)
    Multiplier.objects.create(metering_point=point, source="M1", valid_from=at("2020-01-01 00:00"), numerator=40)
    store(shown, at("2026-03-10 00:00"), [7, 8, 10, 13])
    assert of_day(window(used))[:4] == [0, 40, 120, 240]
    change = Multiplier.objects.create(
        metering_point=point, source="M1", valid_from=at("2026-03-10 02:00"), numerator=1, denominator=3
    )
    assert of_day(window(used))[:4] == [0, 40, 120, 121]
    change.valid_from = at("2026-03-10 02:30")
    change.save()
    assert differences(of_day(window(used)))[:3] == [40, 80, None]


def boundary(point: MeteringPoint, source: str, when: str, side: str, value: int | None) -> None:
    """Record what a register showed where it began or ended to count."""
    BoundaryStand.objects.create(
        metering_point=point, measured_property=make.make_property("1-0:1.8.0"), source=source, at=at(when), side=side,
        value=None if value is None else Decimal(value),
    )  # fmt: skip


def exchanged(point: MeteringPoint, final: int | None) -> Series:
    """A meter that shows 100, 102, … replaced at 02:30 by one that starts with 5 and counts 3 an hour."""
    used, old = hourly(point)
    new = stand(point, "M2", interval_s=3_600, feeds=used, exponent=-1)
    boundary(point, "M1", "2026-03-10 02:30", "final", final)
    boundary(point, "M2", "2026-03-10 02:30", "initial", 5)
    store(old, at("2026-03-10 00:00"), [100, 102, 104, 104, 104])
    store(new, at("2026-03-10 03:00"), [60, 90, 120, 150])
    return used


def test_an_exchange_is_bridged_by_the_stands_of_both_meters(point: MeteringPoint) -> None:
    assert of_day(window(exchanged(point, 105)))[:7] == [0, 2, 4, 6, 9, 12, 15]


def test_an_exchange_without_its_final_stand_leaves_one_side(point: MeteringPoint) -> None:
    assert differences(of_day(window(exchanged(point, None))))[:6] == [None, None, None, 3, 3, 3]


def test_an_exchange_in_an_earlier_year_changes_nothing(point: MeteringPoint) -> None:
    used, _old = hourly(point)
    new = stand(point, "M2", interval_s=3_600, feeds=used)
    boundary(point, "M1", "2025-03-10 02:30", "final", 9)
    boundary(point, "M2", "2025-03-10 02:30", "initial", 0)
    store(new, at("2026-03-10 00:00"), [60, 61, None, 66])
    assert of_day(window(used))[:4] == [0, 1, None, 6]


@pytest.mark.parametrize(("day", "hours"), [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25)])
def test_days_of_23_and_25_hours(point: MeteringPoint, day: dt.date, hours: int) -> None:
    used = make.make_series(point, interval_s=3_600)
    daily = stand(point, interval_s=0, periodicity="daily")
    after = day + dt.timedelta(days=1)
    read_stand(daily, {f"{day} 00:00": 10, f"{after} 00:00": 34})
    found = of_day(window(used, first=day))
    assert len(found) == hours + 1
    assert (found[0], found[-1]) == (0, 24)


def test_gas_has_one_code_for_stand_and_consumption() -> None:
    point = metered(energy_type="gas")[0]
    used = make.make_series(point, "7-0:3.1.0", "m3", interval_s=3_600)
    daily = make.make_series(point, "7-0:3.1.0", "m3", kind="stand", periodicity="daily", source="G1")
    read_stand(daily, {"2026-03-10 00:00": 7, "2026-03-11 00:00": 9})
    assert of_day(window(used))[-1] == 2


def test_a_finer_grid_of_stands_is_sampled(point: MeteringPoint) -> None:
    used, _ = hourly(point)
    finer = stand(point, interval_s=900)
    store(finer, at("2026-03-10 00:00"), range(40))
    assert of_day(window(used))[:4] == [0, 4, 8, 12]


def test_nothing_is_known_without_a_register_and_of_momentary_values(point: MeteringPoint) -> None:
    used, shown = hourly(metered()[0])
    store(shown, at("2026-03-10 00:00"), [100, 101])
    bare = make.make_series(point, interval_s=3_600)
    volts = make.make_series(point, "1-0:32.7.0", "V", kind="instantaneous", interval_s=3_600)
    found = facts(window(bare, used, volts), Need.STANDS).stands
    assert found is not None
    assert (found != NO_VALUE).sum(axis=1).tolist() == [0, 2, 0]


def test_the_derived_consumption_adds_up_to_the_stands(point: MeteringPoint) -> None:
    used, shown = hourly(point, exponent=-1)
    Multiplier.objects.create(
        metering_point=point, source="M1", valid_from=at("2020-01-01 00:00"), numerator=7, denominator=3
    )
    readings = np.cumsum(np.random.default_rng(1).integers(0, 50, 25))
    store(shown, at("2026-03-10 00:00"), readings.tolist())
    found = window(used)
    assert differences(of_day(found)) == found.values[0, found.edges[0] :].tolist()


def test_the_number_of_queries_does_not_grow(point: MeteringPoint) -> None:
    few = window(exchanged(point, 105))
    with count_queries() as one:
        facts(few, Need.STANDS)
    others = [exchanged(metered()[0], 105) for _ in range(4)]
    more = window(*others, last=DAY + dt.timedelta(days=3))
    with count_queries() as many:
        facts(more, Need.STANDS)
    assert one.number == many.number <= 9


def test_readings_may_be_coarser_than_the_profile(point: MeteringPoint) -> None:
    used, shown = hourly(point)
    store(shown, at("2026-03-10 00:00"), [1_000])
    read_stand(stand(point, interval_s=0, periodicity="daily", exponent=2), {"2026-03-11 00:00": 13})
    assert of_day(window(used))[-1] == 300
