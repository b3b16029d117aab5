"""Stands and consumptions of periods: published examples with dates, exact lines, parts of a period."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.estimators.block import row
from validation.estimators.arrays import NO_VALUE, Ints
from validation.estimators.registers import (
    average_daily_consumption,
    between,
    from_intervals,
    profiled,
    projected,
    prorated,
)


def at(*instants: str) -> Ints:
    """Instants of a row, as seconds."""
    seconds = [int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()) for text in instants]
    return np.array([seconds], np.int64)


APRIL = at("2024-04-26 14:30", "2024-04-27 00:00", "2024-04-28 00:00", "2024-04-29 00:00")
STANDS = row(9_960, 10_000, 10_024, None)


def test_the_last_two_midnights_give_the_next_one() -> None:
    """Itron, average recent load: nothing comes after 28 April; 29 April follows from the 27th and the 28th."""
    good = np.array([[False, True, True, False]])
    assert average_daily_consumption(STANDS, APRIL, good).tolist() == [24]
    assert projected(STANDS, APRIL, good, APRIL[:, 3]).tolist() == [10_048]


def test_an_estimate_may_be_an_anchor_at_the_low_quality_level() -> None:
    """30 April from the 28th and the estimate of the 29th; at the high level from the actual ones, two days on."""
    stands = row(9_960, 10_000, 10_024, 10_050)
    the_30th = at("2024-04-30 00:00")[:, 0]
    low, high = np.array([[False, False, True, True]]), np.array([[False, True, True, False]])
    assert projected(stands, APRIL, low, the_30th).tolist() == [10_076]
    assert projected(stands, APRIL, high, the_30th).tolist() == [10_072]


def test_a_stand_between_midnights_may_be_an_anchor() -> None:
    """26 April 14:30 to 28 April 00:00 are 33.5 hours with 64; a day more are 45.85."""
    good = np.array([[True, False, True, False]])
    assert average_daily_consumption(STANDS, APRIL, good)[0] == pytest.approx(64 / 33.5 * 24)
    assert projected(STANDS, APRIL, good, APRIL[:, 3]).tolist() == [10_024 + 46]


def test_the_average_runs_from_the_earliest_to_the_latest_good_stand() -> None:
    stands, instants = row(0, 70, 999, 260), at("2024-01-01", "2024-01-08", "2024-01-10", "2024-01-14")
    good = np.array([[True, True, False, True]])
    assert average_daily_consumption(stands, instants, good).tolist() == [20]
    # Only what precedes the estimate counts, and it goes on from the closest.
    assert projected(stands, instants, good, at("2024-01-11")[:, 0]).tolist() == [100]


@pytest.mark.parametrize("good", [[False] * 4, [True, False, False, False]])
def test_one_good_stand_or_none_gives_no_answer(good: list[bool]) -> None:
    marked = np.array([good])
    assert np.isnan(average_daily_consumption(STANDS, APRIL, marked)).all()
    assert projected(STANDS, APRIL, marked, APRIL[:, 3]).tolist() == [NO_VALUE]


def test_two_stands_at_the_same_instant_give_no_rate() -> None:
    same = np.repeat(APRIL[:, :1], 2, axis=1)
    assert np.isnan(average_daily_consumption(row(1, 5), same, np.ones((1, 2), np.bool_))).all()


def test_stands_for_the_days_of_a_gap_lie_on_the_line() -> None:
    first, *days, last = at("2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04", "2024-05-05")[0]
    stands = between(np.array([100]), np.array([first]), np.array([110]), np.array([last]), np.array(days))
    assert stands.tolist() == [102, 105, 107]


def test_no_stand_is_made_outside_the_gap_or_next_to_a_missing_one() -> None:
    earlier = np.array([100, 100, NO_VALUE, 100, 100])
    later = np.array([200, 200, 200, NO_VALUE, 200])
    wanted = np.array([-1, 11, 5, 5, 10])
    stands = between(earlier, np.zeros(5, np.int64), later, np.full(5, 10), wanted)
    assert stands.tolist() == [NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE, 200]


@given(st.integers(-(2**51), 2**51), st.integers(0, 2**51), st.integers(1, 2**31), st.data())
@settings(max_examples=100)
def test_lines_are_exact_however_large_the_stands(low: int, rise: int, span: int, data: st.DataObject) -> None:
    elapsed = data.draw(st.integers(0, span))
    one = np.array([low]), np.array([1000]), np.array([low + rise]), np.array([1000 + span])
    assert between(*one, np.array([1000 + elapsed])).tolist() == [low + rise * elapsed // span]


def test_a_line_just_below_a_whole_number_is_rounded_down() -> None:
    """The product is one less than a multiple of the span, and too large for a float to say so."""
    rise, span, elapsed = 2_000_000_004, 2**31 - 1, 1_493_086_831
    one = np.array([0]), np.array([0]), np.array([rise]), np.array([span])
    assert rise * elapsed % span == span - 1
    assert float(rise * elapsed) // span == rise * elapsed // span + 1
    assert between(*one, np.array([elapsed])).tolist() == [rise * elapsed // span]


def test_proration_leaves_out_what_is_known_of_the_period() -> None:
    """30 days with 300, of which 10 days are known to have had 140: 5 of the other 20 days get 40."""
    day = 86_400
    answer = prorated(
        np.array([300, 300, NO_VALUE, 300]),
        np.array([30, 30, 30, 10]) * day,
        np.array([5, 3, 5, 5]) * day,
        np.array([140, 0, 0, 0]),
        np.array([10, 0, 0, 10]) * day,
    )
    assert answer[:2].tolist() == [40, 30]
    assert np.isnan(answer[2:]).all()


def test_a_profile_divides_a_period_by_its_shape() -> None:
    shape = np.array([1.0, 2, 3, 4])
    period, wanted = np.array([True, True, True, False]), np.array([False, True, False, False])
    assert profiled(np.array([60]), shape, period, wanted).tolist() == [20]
    assert np.isnan(profiled(np.array([60, NO_VALUE]), np.zeros((2, 4)), period, wanted)).all()


def test_consumption_from_intervals_needs_all_of_them() -> None:
    values = np.vstack([row(1, 2, 3), row(1, None, 3), row(1, 2, None)])
    wanted = np.array([[True, True, False]] * 3)
    assert from_intervals(values, values != NO_VALUE, wanted).tolist() == [3, NO_VALUE, 3]
    assert from_intervals(values, values != NO_VALUE, ~wanted | wanted).tolist() == [6, NO_VALUE, NO_VALUE]
    assert from_intervals(values[:1], values[:1] != NO_VALUE, wanted[:1] & False).tolist() == [NO_VALUE]
