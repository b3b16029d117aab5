"""Stands that are taken back take the consumption they made known along."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.quality import Quality
from metering.store import Origin, history, read, restore, summaries, undo, write

from .conftest import SeriesMaker
from .meters import ORIGIN, Consumption, consumption
from .samples import block, database_clock, instant

pytestmark = pytest.mark.django_db
WHO = Origin(user_id=7, message="wrong file")
PERIOD = (instant(-1), instant(4))


def _taken_back(used: Consumption, entries: tuple[int, ...]) -> None:
    undo(entries, [meter.id for meter in used.meters], *PERIOD, origin=WHO)


def test_both_intervals_of_a_stand_are_withdrawn(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [1, 2]), block(used.meter.id, [9], day=1), origin=ORIGIN)
    wrong = write(block(used.meter.id, [4, 7], first_slot=2), origin=ORIGIN)
    before = database_clock()
    _taken_back(used, wrong.entries)
    assert used.values() == {"2026-03-10T00:00": 1}
    assert list(read([used.id], *PERIOD, as_of=before).values[0, 96:99]) == [1, 2, 3]
    states = history(used.id, instant(0, 0, 15))
    assert [(each.value, each.quality, each.origin.message) for each in states] == [
        (None, Quality.WITHDRAWN, "wrong file"), (2, Quality.MEASURED, ""),
    ]  # fmt: skip
    found = summaries([used.id], instant(0).date(), instant(1).date())
    assert (int(found.present.sum()), int(found.total.sum())) == (1, 1)


def test_a_stand_put_back_to_what_it_was_before_puts_consumption_back(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [1, 2, 4]), origin=ORIGIN)
    wrong = write(block(used.meter.id, [3], first_slot=1), origin=ORIGIN)
    assert list(used.values().values()) == [2, 1]
    _taken_back(used, wrong.entries)
    assert list(used.values().values()) == [1, 2]


@pytest.mark.parametrize("interval_s", [900, 86_400])
def test_the_first_stand_of_a_day_takes_the_end_of_the_day_before_along(
    make_series: SeriesMaker, interval_s: int
) -> None:
    used = consumption(make_series, interval_s=interval_s)
    last = 86_400 // interval_s - 1
    write(block(used.meter.id, [10], first_slot=last, interval_s=interval_s), origin=ORIGIN)
    midnight = write(block(used.meter.id, [17], day=1, interval_s=interval_s), origin=ORIGIN)
    assert list(used.values().values()) == [7]
    _taken_back(used, midnight.entries)
    assert used.values() == {}
    write(block(used.meter.id, [19], day=1, interval_s=interval_s), origin=ORIGIN)
    assert list(used.values().values()) == [9]


def test_what_somebody_decided_or_estimated_stays(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    wrong = write(block(used.meter.id, [1, 2, 4, 7]), origin=ORIGIN)
    write(block(used.id, [50], quality=Quality.EDITED), origin=Origin(user_id=1))
    write(block(used.id, [60], first_slot=5, quality=Quality.ESTIMATED), origin=Origin(rule="like day"))
    _taken_back(used, wrong.entries)
    assert list(used.values().values()) == [50, 60]


def test_a_restored_period_follows(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    write(block(used.meter.id, [1, 2, 4, 7]), origin=ORIGIN)
    before = database_clock()
    write(block(used.meter.id, [1, 3, 9, 27, 81]), origin=ORIGIN)
    restore([used.meter.id], *PERIOD, as_of=before, origin=WHO)
    assert list(used.values().values()) == [1, 2, 3]


def test_the_interval_of_an_exchange_goes_with_the_stand_it_needs(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    old, new = used.meters
    used.exchanged(instant(0, 0, 40), 103, 1)
    write(block(old.id, [90, 95, 100]), origin=ORIGIN)
    wrong = write(block(new.id, [4], first_slot=3), origin=ORIGIN)
    write(block(new.id, [9, 12], first_slot=4), origin=ORIGIN)
    assert list(used.values().values()) == [5, 5, 6, 5, 3]
    _taken_back(used, wrong.entries)
    assert list(used.values().values()) == [5, 5, 3]


def test_what_another_meter_says_of_the_interval_stands_again(make_series: SeriesMaker) -> None:
    """Two meters side by side, nothing recorded of them: the one that speaks last is heard until it takes it back."""
    used = consumption(make_series, 2)
    main, check = used.meters
    write(block(main.id, [10, 12, 15, 19]), origin=ORIGIN)
    wrong = write(block(check.id, [100, 150, 160]), origin=ORIGIN)
    assert list(used.values().values()) == [50, 10, 4]
    _taken_back(used, wrong.entries)
    assert list(used.values().values()) == [2, 3, 4]


def test_what_the_meter_itself_still_says_goes_before_what_another_says(make_series: SeriesMaker) -> None:
    used = consumption(make_series, 2)
    main, check = used.meters
    write(block(main.id, [10, 12, 15]), origin=ORIGIN)
    write(block(check.id, [100, 150]), origin=ORIGIN)
    wrong = write(block(check.id, [155, 170], first_slot=1), origin=ORIGIN)
    assert list(used.values().values()) == [55, 15]
    _taken_back(used, wrong.entries)
    assert list(used.values().values()) == [50, 3]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.integers(0, 1_000), min_size=11, max_size=11),
    writes=st.lists(st.sets(st.integers(0, 11), min_size=1), min_size=1, max_size=5),
    back=st.sets(st.integers(0, 4)),
    factor=st.integers(2, 30),
)
def test_consumption_is_that_of_the_stands_that_are_left(
    make_series: SeriesMaker, steps: list[int], writes: list[set[int]], back: set[int], factor: int
) -> None:
    """A stand belongs to the first write that gave it; in the interval of slot 4 the multiplier changes."""
    with transaction.atomic():
        used = consumption(make_series, interval_s=21_600)
        used.meter.multiplied(instant(1, 3), factor)
        stands = np.cumsum([5, *steps])
        at = [instant(slot // 4, slot % 4 * 6) for slot in range(12)]
        entries = [used.meter.shows([(at[k], int(stands[k])) for k in sorted(slots)]).entries for slots in writes]
        _taken_back(used, tuple(entry for n in sorted(back & set(range(len(writes)))) for entry in entries[n]))
        left = read([used.meter.id], instant(0), instant(3))
        known = left.present[0]
        expected = {
            k: int((stands[k + 1] - stands[k]) * (factor if k >= 5 else 1))
            for k in range(11)
            if k != 4 and known[k] and known[k + 1]
        }
        found = read([used.id], instant(0), instant(3))
        assert {k: int(found.values[0, k]) for k in np.flatnonzero(found.present[0])} == expected
        first_of = {k: n for n, slots in reversed(list(enumerate(writes))) for k in slots}
        assert {k for k in range(12) if known[k]} == {k for k, n in first_of.items() if n not in back}
