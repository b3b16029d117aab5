"""Profiles of every length, lengths that change, and quantities of every kind."""

from __future__ import annotations

import numpy as np
import pytest

from metering.models import MeasuredProperty, Series
from metering.quality import Quality
from metering.store import NO_VALUE, Batch, Origin, read, write

from .conftest import SeriesMaker
from .meters import ORIGIN, consumption
from .samples import block, instant

pytestmark = pytest.mark.django_db
LENGTHS = [300, 600, 900, 1800, 3600, 86_400]


@pytest.mark.parametrize("interval_s", LENGTHS)
@pytest.mark.parametrize("forwards", [True, False])
def test_profiles_of_every_length_add_up_to_the_register(
    make_series: SeriesMaker, interval_s: int, forwards: bool
) -> None:
    used = consumption(make_series, interval_s=interval_s)
    slots = 86_400 // interval_s
    stands = np.cumsum(np.random.default_rng(slots).integers(0, 50, 3 * slots + 1))
    days = [block(used.meter.id, stands[n * slots :][:slots], day=n, interval_s=interval_s) for n in range(4)]
    for day in days if forwards else reversed(days):
        write(day, origin=ORIGIN)
    found = used.values(days=5)
    assert len(found) == 3 * slots
    assert list(found.values()) == np.diff(stands).tolist()


@pytest.mark.parametrize("lengths", [(3600, 900), (900, 3600), (86_400, 300), (300, 86_400)])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_length_that_changes_at_midnight_joins_the_days(
    make_series: SeriesMaker, lengths: tuple[int, int], order: tuple[int, int]
) -> None:
    used = consumption(make_series, interval_s=lengths[0])
    days = [block(used.meter.id, np.arange(86_400 // length) * length + n * 86_400, day=n, interval_s=length)
            for n, length in enumerate(lengths)]  # fmt: skip
    for n in order:
        write(days[n], origin=ORIGIN)
    for n, length in enumerate(lengths):
        matrix = read([used.id], instant(n), instant(n + 1))
        known = matrix.values[0][matrix.present[0]]
        assert known.tolist() == [length] * (86_400 // length - n)


def test_both_lengths_in_one_write(make_series: SeriesMaker) -> None:
    used = consumption(make_series, interval_s=3600)
    write(
        block(used.meter.id, range(24), interval_s=3600),
        block(used.meter.id, range(24, 120), day=1),
        block(used.meter.id, range(120, 144), day=2, interval_s=3600),
        origin=ORIGIN,
    )
    assert set(used.values(days=4).values()) == {1}
    assert len(used.values(days=4)) == 24 + 96 + 23


def test_another_length_on_the_same_day_is_refused_and_derives_nothing(make_series: SeriesMaker) -> None:
    used = consumption(make_series, interval_s=3600)
    write(block(used.meter.id, range(24), interval_s=3600), origin=ORIGIN)
    counts = write(block(used.meter.id, range(96)), origin=ORIGIN)
    assert counts.refused == 96
    assert list(used.values().values()) == [1] * 23


def test_an_exchange_between_meters_of_different_lengths(make_series: SeriesMaker) -> None:
    """The hour of the old meter ends at midnight, where the quarter hours of the new one begin."""
    used = consumption(make_series, 2, interval_s=3600)
    old, new = used.meters
    used.exchanged(instant(1), 1000, 0)
    write(block(old.id, [990], first_slot=23, interval_s=3600), origin=ORIGIN)
    write(block(new.id, [2, 5], day=1, first_slot=1), origin=ORIGIN)
    assert used.values() == {"2026-03-10T23:00": 10, "2026-03-11T00:00": 2, "2026-03-11T00:15": 3}


MEDIA = [
    ("7-0:3.1.0", "m³", -3), ("7-0:3.0.0", "m³", -2), ("8-0:1.0.0", "m³", -3), ("9-0:1.0.0", "m³", -3),
    ("6-0:1.0.0", "Wh", 3), ("6-0:1.0.0", "J", 6), ("5-0:1.0.0", "Wh", 3), ("1-0:3.8.0", "varh", 0),
]  # fmt: skip


@pytest.mark.parametrize(("obis", "unit", "exponent"), MEDIA)
def test_stands_of_every_medium_derive(make_series: SeriesMaker, obis: str, unit: str, exponent: int) -> None:
    make_series.property = MeasuredProperty.objects.create(obis=obis, unit=unit, name=obis)
    used = consumption(make_series, interval_s=3600, exponent=exponent, register_digits=8)
    write(block(used.meter.id, [99_999_990, 5, 9], interval_s=3600), origin=ORIGIN)
    assert list(used.values().values()) == [15, 4]


def test_signed_momentary_values_pass_through_untouched(make_series: SeriesMaker) -> None:
    series = make_series("instantaneous", interval_s=600, exponent=-1)
    values = np.where(np.arange(144) % 7 == 3, NO_VALUE, np.arange(144) * 17 - 900)[None, :]
    day = block(series, [], interval_s=600).days
    write(Batch(600, np.array([series]), day, values), origin=Origin())
    matrix = read([series], instant(0), instant(1))
    assert matrix.values.tolist() == values.tolist()
    assert set(matrix.quality[matrix.present].tolist()) == {Quality.MEASURED}
    assert Series.objects.filter(kind="consumption").count() == 0
