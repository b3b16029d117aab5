"""Two meters, one consumption: the interval of the exchange, and what is never invented there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import permutations

import pytest

from metering.models import BoundaryStand, Series
from metering.quality import Quality
from metering.services.boundaries import remove_boundary
from metering.store import Origin, history, read, write

from .conftest import SeriesMaker
from .meters import ORIGIN, Consumption, consumption
from .samples import block, instant

pytestmark = pytest.mark.django_db
EXCHANGED = instant(0, 0, 40)
"""Within the interval of 00:30."""


def _old(used: Consumption, stands: Sequence[int] = (90, 95, 100)) -> None:
    write(block(used.meters[0].id, stands), origin=ORIGIN)


def _new(used: Consumption, stands: Sequence[int] = (4, 9), first_slot: int = 3) -> None:
    write(block(used.meters[1].id, stands, first_slot=first_slot), origin=ORIGIN)


@pytest.mark.parametrize("order", list(permutations(["old", "new", "exchange"])), ids="-".join)
def test_interval_of_the_exchange_is_the_sum_of_both_meters_in_any_order(
    make_series: SeriesMaker, order: tuple[str, ...]
) -> None:
    used = consumption(make_series, 2)
    steps = {"old": _old, "new": _new, "exchange": lambda used: used.exchanged(EXCHANGED, 103, 1)}
    for step in order:
        steps[step](used)
    assert list(used.values().values()) == [5, 5, (103 - 100) + (4 - 1), 5]


@pytest.mark.parametrize("stands", [(None, 1), (103, None), (None, None)])
def test_exchange_without_known_stands_leaves_the_interval_missing(
    make_series: SeriesMaker, stands: tuple[int | None, int | None]
) -> None:
    used = consumption(make_series, 2)
    _old(used)
    _new(used)
    used.exchanged(EXCHANGED, *stands)
    assert used.values() == {"2026-03-10T00:00": 5, "2026-03-10T00:15": 5, "2026-03-10T00:45": 5}


def test_an_exchange_nobody_recorded_is_never_bridged(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    _old(used)
    _new(used)
    assert "2026-03-10T00:30" not in used.values()


@pytest.mark.parametrize("recorded_first", [True, False])
def test_exchange_on_the_grid_without_stands_in_the_profile(make_series: SeriesMaker, recorded_first: bool) -> None:
    """The last row of the old meter is 00:30, the first of the new one 01:00; both stands of 00:45 were noted."""
    used = consumption(make_series, 2)
    at = instant(0, 0, 45)
    if recorded_first:
        used.exchanged(at, 104, 2)
    _old(used)
    _new(used, [9], first_slot=4)
    if not recorded_first:
        used.exchanged(at, 104, 2)
    assert list(used.values().values()) == [5, 5, 4, 7]


def test_exchange_on_the_grid_with_stands_in_the_profile_needs_no_notes(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    _old(used)
    _new(used, [2, 9], first_slot=2)
    used.exchanged(instant(0, 0, 30), None, None)
    assert list(used.values().values()) == [5, 5, 7]


@pytest.mark.parametrize("recorded_first", [True, False])
def test_exchange_at_midnight(make_series: SeriesMaker, recorded_first: bool) -> None:
    used = consumption(make_series, 2)
    if recorded_first:
        used.exchanged(instant(1), 1000, 0)
    old, new = used.meters
    write(block(old.id, [990, 995], first_slot=94), block(new.id, [3, 4], day=1, first_slot=1), origin=ORIGIN)
    if not recorded_first:
        used.exchanged(instant(1), 1000, 0)
    assert used.values() == {
        "2026-03-10T23:30": 5, "2026-03-10T23:45": 5, "2026-03-11T00:00": 3, "2026-03-11T00:15": 1,
    }  # fmt: skip


def test_each_meter_has_its_own_unit_multiplier_and_digits(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    old = used.meter
    Series.objects.filter(pk=old.id).update(exponent=3, register_digits=3)
    old.multiplied(instant(-1), 2)
    used.exchanged(EXCHANGED, "2500", "0.5")
    write(block(old.id, [990, 995, 999]), origin=ORIGIN)
    _new(used)
    rolled = (2 + 1000 - 999) * 1000 * 2 + 500 * 2
    assert list(used.values().values()) == [10_000, 8_000, rolled + (4 - 0), 5]


def test_a_meter_that_is_still_read_after_its_end_adds_nothing(make_series: SeriesMaker) -> None:
    """It lies on a shelf and is polled: its zeros must not cover what the new one measures, before or after."""
    used = consumption(make_series, 2)
    shelf = [90, 95, 100, 103, 103, 103, 103]
    _old(used, shelf)
    _new(used, [4, 9, 15], first_slot=3)
    _old(used, shelf)
    used.exchanged(EXCHANGED, 103, 1)
    assert list(used.values().values()) == [5, 5, 6, 5, 6]
    write(block(used.meters[0].id, [103, 103], first_slot=7), origin=ORIGIN)
    assert list(used.values().values()) == [5, 5, 6, 5, 6]


def test_what_only_the_old_meter_said_after_its_end_is_withdrawn(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    _old(used, [90, 95, 100, 103, 103])
    before = history(used.id, instant(0, 0, 45))[0].since
    counts = used.exchanged(EXCHANGED, 103, 1)
    assert counts.changed == 2
    assert list(used.values().values()) == [5, 5]
    assert read([used.id], instant(0, 0, 45), instant(0, 1), as_of=before).values.tolist() == [[0]]
    assert history(used.id, instant(0, 0, 45))[0].origin.rule == "exchange"


def test_a_decision_and_an_estimate_outlive_the_exchange(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    _old(used, [90, 95, 100, 103, 103, 103])
    write(block(used.id, [42], first_slot=3, quality=Quality.EDITED), origin=Origin(user_id=1))
    used.exchanged(EXCHANGED, 103, None)
    assert used.values()["2026-03-10T00:45"] == 42
    assert "2026-03-10T01:00" not in used.values()


def test_a_corrected_exchange_corrects_the_interval_and_leaves_the_rest(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    used.exchanged(EXCHANGED, 103, 1)
    _old(used)
    _new(used)
    counts = used.exchanged(EXCHANGED, 104, 1)
    assert (counts.changed, counts.new) == (1, 0)
    assert list(used.values().values()) == [5, 5, 7, 5]
    assert [each.value for each in history(used.id, instant(0, 0, 30))] == [7, 6]


def test_a_removed_boundary_is_as_if_it_had_never_been(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    _old(used, [90, 95, 100, 103, 104])
    used.exchanged(EXCHANGED, 103, None)
    for boundary in BoundaryStand.objects.all():
        remove_boundary(boundary=boundary)
    assert list(used.values().values()) == [5, 5, 3, 1]


def test_doubt_and_status_of_both_meters_reach_the_interval(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    used.exchanged(EXCHANGED, 103, 1)
    old, new = used.meters
    write(block(old.id, [100], first_slot=2, status=4), origin=ORIGIN)
    write(block(new.id, [4], first_slot=3, status=8, quality=Quality.SUSPECT), origin=ORIGIN)
    matrix = read([used.id], instant(0, 0, 30), instant(0, 0, 45))
    assert (matrix.values.tolist(), matrix.quality.tolist(), matrix.status.tolist()) == (
        [[6]],
        [[Quality.SUSPECT]],
        [[12]],
    )


def test_three_meters_within_one_interval(make_series: SeriesMaker) -> None:
    """A meter that was wrong from the box: replaced again ten minutes later."""
    used = consumption(make_series, 3, interval_s=3600)
    first, second, third = used.meters
    Consumption(used.id, (first, second)).exchanged(instant(0, 1, 10), 110, 5)
    Consumption(used.id, (second, third)).exchanged(instant(0, 1, 20), 7, 0)
    write(block(first.id, [90, 100], interval_s=3600), origin=ORIGIN)
    write(block(third.id, [3, 8], first_slot=2, interval_s=3600), origin=ORIGIN)
    assert list(used.values().values()) == [10, 10 + 2 + 3, 5]


def test_seconds_of_an_exchange_count_whole(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    used.exchanged(instant(0, 0, 30) + dt.timedelta(microseconds=5), 100, 1)
    _old(used)
    _new(used)
    assert BoundaryStand.objects.first().at == instant(0, 0, 30)  # type: ignore[union-attr]
    assert list(used.values().values()) == [5, 5, 3, 5]
