"""Consumption from stands: sums agree with register differences whatever the order of arrival."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.intervals import DAY_S, day_number
from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE, Origin, history, place, read, write

from .conftest import SeriesMaker
from .samples import DAY, block, instant, present_values

pytestmark = pytest.mark.django_db
ORIGIN = Origin(job_id=1)
INTERVAL_S = 21_600
SLOTS = 12


def _pair(make_series: SeriesMaker, *, interval_s: int = 900, **stand: int) -> tuple[int, int]:
    used = make_series("consumption", interval_s=interval_s)
    return make_series("stand", interval_s=interval_s, feeds=Series.objects.get(pk=used), **stand), used


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.integers(0, 2**33), min_size=SLOTS, max_size=SLOTS),
    arrivals=st.lists(st.sets(st.integers(0, SLOTS), min_size=1), min_size=1, max_size=5),
)
def test_sum_of_intervals_is_the_register_difference(
    make_series: SeriesMaker, steps: list[int], arrivals: list[set[int]]
) -> None:
    """Between any two stands, all in between known, the consumption adds up; where a stand lacks, none is invented."""
    with transaction.atomic():
        stand, used = _pair(make_series, interval_s=INTERVAL_S)
        stands = np.cumsum([0, *steps])
        start = day_number(DAY) * DAY_S
        for slots in arrivals:
            at = sorted(slots)
            write(place(INTERVAL_S, stand, [start + k * INTERVAL_S for k in at], stands[at]).batch, origin=ORIGIN)
        known = set().union(*arrivals)
        matrix = read([stand, used], instant(0), instant(4))
        expected = [steps[k] if {k, k + 1} <= known else NO_VALUE for k in range(SLOTS)]
        found = matrix.values[1, :SLOTS].tolist()
        assert found == expected
        if known == set(range(SLOTS + 1)):
            assert sum(found) == stands[-1] - stands[0]


def test_first_stand_of_a_day_completes_the_day_before_in_either_order(make_series: SeriesMaker) -> None:
    (early, used_early), (late, used_late) = _pair(make_series), _pair(make_series)
    days = [block(early, range(96)), block(early, range(96, 192), day=1)]
    for day in days:
        write(day, origin=ORIGIN)
    for day in (block(late, range(96, 192), day=1), block(late, range(96))):
        write(day, origin=ORIGIN)
    matrix = read([used_early, used_late], instant(0), instant(2))
    assert (matrix.values[:, :191] == 1).all()
    assert (matrix.values[:, 191] == NO_VALUE).all()


def test_missing_stand_leaves_two_consumptions_missing(make_series: SeriesMaker) -> None:
    stand, used = _pair(make_series)
    write(block(stand, [0, 10]), block(stand, [30], day=1, first_slot=5), origin=ORIGIN)
    write(block(stand, [40], first_slot=3), origin=ORIGIN)
    assert present_values(read([used], instant(0), instant(2))) == {"2026-03-10T00:00": 10}
    write(block(stand, [25], first_slot=2), origin=ORIGIN)
    assert list(present_values(read([used], instant(0), instant(2))).values()) == [10, 15, 15]


def test_stand_running_backwards_is_kept_and_suspect(make_series: SeriesMaker) -> None:
    stand, used = _pair(make_series)
    write(block(stand, [100, 90, 95], status=4), origin=ORIGIN)
    matrix = read([used], instant(0), instant(1))
    assert matrix.values[0, :3].tolist() == [-10, 5, NO_VALUE]
    assert matrix.quality[0, :3].tolist() == [Quality.SUSPECT, Quality.MEASURED, Quality.MISSING]
    assert matrix.status[0, :3].tolist() == [4, 4, 0]


def test_doubt_about_a_stand_is_passed_on_to_both_sides(make_series: SeriesMaker) -> None:
    stand, used = _pair(make_series)
    write(block(stand, [1, 2, 3, 4]), origin=ORIGIN)
    write(block(stand, [2], first_slot=1, quality=Quality.SUSPECT, status=8), origin=ORIGIN)
    matrix = read([used], instant(0), instant(1))
    assert matrix.quality[0, :3].tolist() == [Quality.SUSPECT, Quality.SUSPECT, Quality.MEASURED]
    assert matrix.status[0, :3].tolist() == [8, 8, 0]


def test_edit_elsewhere_in_the_day_survives_later_arrivals(make_series: SeriesMaker) -> None:
    stand, used = _pair(make_series)
    write(block(stand, [0, 5, 10]), origin=ORIGIN)
    write(block(used, [7], quality=Quality.EDITED), origin=Origin(user_id=1))
    write(block(stand, [0, 5, 10, 20]), origin=ORIGIN)
    assert list(present_values(read([used], instant(0), instant(1))).values()) == [7, 5, 10]


def test_estimate_gives_way_to_late_stands(make_series: SeriesMaker) -> None:
    stand, used = _pair(make_series)
    write(block(used, [3], quality=Quality.ESTIMATED), origin=Origin(rule="like day"))
    write(block(stand, [0, 5]), origin=Origin(job_id=7))
    assert [(version.value, version.origin) for version in history(used, instant())] == [
        (5, Origin(job_id=7)),
        (3, Origin(rule="like day")),
    ]


def test_coarser_unit_of_the_stand_is_converted(make_series: SeriesMaker) -> None:
    stand, used = _pair(make_series, exponent=3)
    write(block(stand, [1, 3]), origin=ORIGIN)
    assert list(present_values(read([used], instant(0), instant(1))).values()) == [2000]


def test_finer_unit_of_the_stand_is_rounded_down_stand_by_stand(make_series: SeriesMaker) -> None:
    """No unit is lost over time: the sum is the difference of the rounded stands."""
    stand, used = _pair(make_series, exponent=-3)
    write(block(stand, [900, 1800, 2700, 3600]), origin=ORIGIN)
    assert list(present_values(read([used], instant(0), instant(1))).values()) == [1, 1, 1]


def test_units_too_far_apart_derive_nothing_and_say_so(
    make_series: SeriesMaker, caplog: pytest.LogCaptureFixture
) -> None:
    used = make_series("consumption", exponent=-8)
    stand = make_series("stand", feeds=Series.objects.get(pk=used), exponent=8)
    write(block(stand, [1, 3]), origin=ORIGIN)
    assert not read([used], instant(0), instant(1)).present.any()
    assert f"series {stand} and {used}" in caplog.text


def test_two_meters_feed_one_consumption_over_an_exchange(make_series: SeriesMaker) -> None:
    old, used = _pair(make_series)
    new = make_series("stand", feeds=Series.objects.get(pk=used))
    write(block(old, [90, 95, 100]), block(new, [0, 4, 9], first_slot=2), origin=ORIGIN)
    assert list(present_values(read([used], instant(0), instant(1))).values()) == [5, 5, 4, 5]


def test_interval_change_at_midnight_still_joins_the_days(make_series: SeriesMaker) -> None:
    stand, used = _pair(make_series, interval_s=3600)
    write(block(stand, range(24), interval_s=3600), origin=ORIGIN)
    write(block(stand, [24, 25], day=1), origin=ORIGIN)
    found = present_values(read([used], instant(0), instant(2)))
    assert found["2026-03-10T23:00"] == 1
    assert found["2026-03-11T00:00"] == 1
