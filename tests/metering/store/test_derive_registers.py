"""Registers that start again from zero, and multipliers of what they count."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.models import AuditRecord
from metering.models import BoundaryStand, Multiplier, Series
from metering.quality import Quality
from metering.services.boundaries import record_boundary
from metering.services.factors import remove_multiplier
from metering.services.series import set_register_digits
from metering.store import VALUE_LIMIT, Origin, history, read, rederive, write

from .conftest import SeriesMaker
from .meters import ORIGIN, consumption
from .samples import block, instant

pytestmark = pytest.mark.django_db
SLOTS = 96


def test_a_register_that_starts_again_from_zero_goes_on_counting(make_series: SeriesMaker) -> None:
    used = consumption(make_series, register_digits=5)
    write(block(used.meter.id, [99_990, 5, 12]), origin=ORIGIN)
    matrix = read([used.id], instant(0), instant(1))
    assert matrix.values[0, :2].tolist() == [15, 7]
    assert matrix.quality[0, :2].tolist() == [Quality.MEASURED] * 2


def test_roll_over_at_midnight_in_either_order(make_series: SeriesMaker) -> None:
    for order in (slice(None), slice(None, None, -1)):
        used = consumption(make_series, register_digits=4)
        days = [block(used.meter.id, [9_990], first_slot=95), block(used.meter.id, [3], day=1)]
        for day in days[order]:
            write(day, origin=ORIGIN)
        assert used.values() == {"2026-03-10T23:45": 13}


@pytest.mark.parametrize("second", [5_000, 9_999], ids=["exactly half", "a little back"])
def test_a_step_back_that_would_be_half_the_register_or_more_is_no_roll_over(
    make_series: SeriesMaker, second: int
) -> None:
    used = consumption(make_series, register_digits=4)
    first = 10_000 if second == 5_000 else 10_009
    write(block(used.meter.id, [first, second]), origin=ORIGIN)
    matrix = read([used.id], instant(0), instant(1))
    assert (matrix.values[0, 0], matrix.quality[0, 0]) == (second - first, Quality.SUSPECT)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(0, 9_999),
    steps=st.lists(st.integers(0, 4_999), min_size=SLOTS - 1, max_size=SLOTS - 1),
    ratio=st.tuples(st.integers(1, 5_000), st.integers(1, 700)),
    step=st.integers(-3, 3),
)
def test_sums_over_any_period_are_differences_of_scaled_stands(
    make_series: SeriesMaker, start: int, steps: list[int], ratio: tuple[int, int], step: int
) -> None:
    """Plus one scaled capacity for each roll-over; whatever the ratio and the units, to the last unit."""
    with transaction.atomic():
        used = consumption(make_series, exponent=0, register_digits=4)
        Series.objects.filter(pk=used.meter.id).update(exponent=step)
        used.meter.multiplied(instant(-2), *ratio)
        counted = np.cumsum([start, *steps])
        write(block(used.meter.id, counted % 10_000), origin=ORIGIN)
        found = read([used.id], instant(0), instant(1)).values[0, :-1].tolist()
    numerator, denominator = ratio[0] * 10 ** max(step, 0), ratio[1] * 10 ** max(-step, 0)
    scaled = [int(stand % 10_000) * numerator // denominator for stand in counted]
    again = 10_000 * numerator // denominator
    for first, last in ((0, SLOTS - 1), (7, 50), (94, 95)):
        rolled = int(counted[last] // 10_000 - counted[first] // 10_000)
        assert sum(found[first:last]) == scaled[last] - scaled[first] + rolled * again


def test_digits_made_known_later_turn_what_was_suspect_into_a_roll_over(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [990, 5]), origin=ORIGIN)
    assert used.values() == {"2026-03-10T00:00": -985}
    counts = set_register_digits(series=[used.meter.series], digits=3)
    assert (counts.new, counts.changed) == (0, 1)
    assert used.values() == {"2026-03-10T00:00": 15}
    assert [(each.value, each.origin.rule) for each in history(used.id, instant())] == [
        (15, "register digits"), (-985, ""),
    ]  # fmt: skip


def test_digits_that_make_no_sense_are_refused(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    with pytest.raises(ValidationError):
        set_register_digits(series=[used.meter.series], digits=0)
    with pytest.raises(ValidationError):
        set_register_digits(series=[Series.objects.get(pk=used.id)], digits=6)


def test_multiplier_counts_from_its_instant_on(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    used.meter.multiplied(instant(0, 0, 30), 20)
    used.meter.multiplied(instant(0, 1), 3, 2)
    write(block(used.meter.id, [1, 2, 3, 4, 5, 6, 7]), origin=ORIGIN)
    assert list(used.values().values()) == [1, 1, 20, 20, 9 - 7, 10 - 9]


def test_a_multiplier_that_changes_within_an_interval_leaves_it_missing(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    used.meter.multiplied(instant(0, 0, 20), 10)
    write(block(used.meter.id, [1, 2, 3, 4]), origin=ORIGIN)
    assert used.values() == {"2026-03-10T00:00": 1, "2026-03-10T00:30": 10}


def test_a_multiplier_confirmed_within_an_interval_leaves_nothing_missing(make_series: SeriesMaker) -> None:
    """The transformers were looked at and are what they were; also 1, where nothing was known before."""
    used = consumption(make_series)
    used.meter.multiplied(instant(0, 0, 10), 1)
    used.meter.multiplied(instant(0, 0, 30), 5)
    used.meter.multiplied(instant(0, 0, 50), 10, 2)
    write(block(used.meter.id, range(6)), origin=ORIGIN)
    assert list(used.values().values()) == [1, 1, 5, 5, 5]


def test_a_corrected_multiplier_keeps_the_former_values_as_versions(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    used.meter.multiplied(instant(-30), 20)
    write(block(used.meter.id, [1, 2, 3]), block(used.meter.id, [9, 11], day=1), origin=ORIGIN)
    before = history(used.id, instant())[0].since
    counts = used.meter.multiplied(instant(-30), 30)
    assert (counts.changed, counts.new, counts.refused) == (3, 0, 0)
    assert list(used.values().values()) == [30, 30, 60]
    assert read([used.id], instant(0), instant(1), as_of=before).values[0, :2].tolist() == [20, 20]
    assert history(used.id, instant())[0].origin.rule == "multiplier"
    assert Multiplier.objects.count() == 1
    assert AuditRecord.objects.filter(verb="set").count() == 2


def test_a_removed_multiplier_gives_way_to_the_one_before(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    used.meter.multiplied(instant(-30), 2)
    used.meter.multiplied(instant(0, 0, 15), 5)
    write(block(used.meter.id, [1, 2, 3]), origin=ORIGIN)
    remove_multiplier(multiplier=Multiplier.objects.get(numerator=5))
    assert list(used.values().values()) == [2, 2]


def test_an_edit_survives_when_the_same_is_derived_again_and_gives_way_to_other_rules(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [1, 2, 3]), origin=ORIGIN)
    write(block(used.id, [7], quality=Quality.EDITED), origin=Origin(user_id=1))
    again = rederive([used.meter.id], instant(-1), instant(2), origin=ORIGIN)
    assert (again.changed, list(used.values().values())) == (0, [7, 1])
    used.meter.multiplied(instant(-30), 10)
    assert list(used.values().values()) == [10, 10]


def test_rederive_touches_its_period_only(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [1, 2, 3]), origin=ORIGIN)
    Series.objects.filter(pk=used.meter.id).update(exponent=1)
    counts = rederive([used.meter.id], instant(0, 0, 15), instant(0, 0, 30), origin=ORIGIN)
    assert (counts.changed, list(used.values().values())) == (1, [1, 10])


def test_what_a_multiplier_makes_too_large_is_refused_by_name(
    make_series: SeriesMaker, caplog: pytest.LogCaptureFixture
) -> None:
    used = consumption(make_series)
    used.meter.multiplied(instant(-30), 1_000_000)
    write(block(used.meter.id, [0, VALUE_LIMIT // 1_000_000 + 1, VALUE_LIMIT // 1_000_000 + 2]), origin=ORIGIN)
    assert list(used.values().values()) == [1_000_000]
    assert "the value is too large" in caplog.text


@pytest.mark.parametrize("ratio", [(0, 1), (1, 0), (1_000_001, 1), (-5, 1)])
def test_ratios_nobody_has_are_refused(make_series: SeriesMaker, ratio: tuple[int, int]) -> None:
    used = consumption(make_series)
    with pytest.raises(ValidationError):
        used.meter.multiplied(instant(), *ratio)


def test_the_multiplier_of_a_meter_is_not_that_of_the_next(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    old, new = used.meters
    old.multiplied(instant(-30), 20)
    write(block(old.id, [1, 2]), block(new.id, [5, 8], first_slot=10), origin=ORIGIN)
    assert list(used.values().values()) == [20, 3]


def test_what_nobody_recorded_costs_one_small_query(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    with CaptureQueriesContext(connection) as queries:
        write(block(used.meter.id, [1, 2, 3]), origin=ORIGIN)
    asked = [query["sql"] for query in queries if "metering_multiplier" in query["sql"]]
    assert len(asked) == 1
    assert not [query for query in queries if "metering_boundarystand" in query["sql"] and query["sql"] not in asked]


def test_boundary_stands_are_as_fine_as_the_unit_of_the_property(make_series: SeriesMaker) -> None:
    """A CT is exchanged within an interval: the stand noted then, a fraction of a unit, splits it."""
    used = consumption(make_series, 1)
    meter = used.meter

    meter.multiplied(instant(0, 0, 20), 10)
    for side in BoundaryStand.Side.values:
        record_boundary(
            boundary=BoundaryStand(
                metering_point=meter.series.metering_point, measured_property=meter.series.measured_property,
                source=meter.serial, at=instant(0, 0, 20), side=side, value=Decimal("12.5"),
            )
        )  # fmt: skip
    write(block(meter.id, [10, 12, 14, 15]), origin=ORIGIN)
    assert list(used.values().values()) == [2, (12 - 12) + (140 - 125), 10]
