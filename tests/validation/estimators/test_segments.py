"""Stands around the wanted slots, and estimates that add up to what lies between them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.estimators.block import marks, row
from validation.estimators.arrays import NO_VALUE
from validation.estimators.segments import Segments
from validation.estimators.settling import settle

NONE = NO_VALUE


def test_elhub_v2_to_v5_share_the_difference_of_s6_and_s2() -> None:
    """Elhub, annex on validation: s3, s4 and s5 are missing, so v1 stays measured and v2 to v5 are estimated."""
    s1, s2, s6 = 100, 107, 151
    stands = row(s1, s2, None, None, None, s6)
    values = row(s2 - s1, None, None, None, None)
    segments = Segments.of(stands, values, marks("x...."), marks(".xxxx"))
    assert (segments.totals.tolist(), segments.known.tolist()) == ([s6 - s2], [True])
    settled = settle(np.array([[0.0, 5, 10, 10, 15]]), segments)
    assert settled.values[0, 1:].tolist() == [6, 11, 11, 16]
    assert settled.values[0, 1:].sum() == s6 - s2
    assert settled.values[0, 0] == NONE
    assert settled.scaled.tolist() == marks(".xxxx").tolist()


def test_scaling_is_total_over_sum_times_interval_and_equal_if_all_are_zero() -> None:
    """Oracle: (scalar / total interval) × interval."""
    segments = Segments.of(row(0, None, None, 120), row(None, None, None), marks("..."), marks("xxx"))
    assert settle(np.array([[10.0, 20, 30]]), segments).values.tolist() == [[20, 40, 60]]
    assert settle(np.array([[0.0, 0, 0]]), segments).values.tolist() == [[40, 40, 40]]


def test_two_gaps_between_midnight_stands_share_what_the_trusted_values_leave() -> None:
    stands = row(1000, None, None, None, None, None, 1100)
    segments = Segments.of(stands, row(10, None, 30, None, None, 20), marks("x.x..x"), marks(".x.xx."))
    assert (segments.segment.tolist(), segments.totals.tolist()) == ([0, 0, 0], [40])
    settled = settle(np.array([[0, 10.0, 0, 20, 10, 0]]), segments)
    assert settled.values.tolist() == [[NONE, 10, NONE, 20, 10, NONE]]


def test_a_stand_in_a_gap_divides_it_and_rows_do_not_mix() -> None:
    stands = np.vstack([row(0, None, 8, None, 9), row(None, None, 50, None, 70)])
    nothing = np.full((2, 4), NONE)
    segments = Segments.of(stands, nothing, np.zeros((2, 4), np.bool_), np.ones((2, 4), np.bool_))
    assert segments.segment.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert segments.totals.tolist() == [8, 1, 0, 20]
    assert segments.known.tolist() == [True, True, False, True]


def test_without_a_stand_on_both_sides_estimates_keep_their_size() -> None:
    segments = Segments.of(row(5, None, None, None), row(None, None, None), marks("..."), marks("xxx"))
    settled = settle(np.array([[1.4, 1.4, 1.4]]), segments)
    assert settled.values.tolist() == [[2, 1, 1]]
    assert not settled.scaled.any()
    assert not settled.refused.any()


@pytest.mark.parametrize("middle", [None, 50])
def test_a_value_between_the_stands_that_is_neither_trusted_nor_wanted_leaves_the_total_unknown(
    middle: int | None,
) -> None:
    segments = Segments.of(row(0, None, None, 100), row(None, middle, 20), marks("..x"), marks("x.."))
    assert segments.known.tolist() == [False]
    assert settle(np.array([[7.0, np.nan, np.nan]]), segments).values[0, 0] == 7


def test_trusted_values_above_the_difference_are_refused_and_named() -> None:
    segments = Segments.of(row(0, None, None, 50), row(60, None, None), marks("x.."), marks(".xx"))
    estimates = np.array([[np.nan, 4.0, 6.0]])
    settled = settle(estimates, segments)
    assert settled.values.tolist() == [[NONE] * 3]
    assert settled.refused.tolist() == marks(".xx").tolist()
    assert not settled.scaled.any()
    allowed = settle(estimates, segments, negative=True)
    assert allowed.values.tolist() == [[NONE, -4, -6]]
    assert allowed.scaled.tolist() == marks(".xx").tolist()


def test_a_difference_of_zero_gives_zeros() -> None:
    segments = Segments.of(row(9, None, 9), row(None, None), marks(".."), marks("xx"))
    settled = settle(np.array([[3.0, 5.0]]), segments)
    assert settled.values.tolist() == [[0, 0]]
    assert settled.scaled.all()


def test_a_value_to_replace_is_not_trusted_even_if_it_is_said_to_be() -> None:
    segments = Segments.of(row(0, None, 90), row(60, 70), marks("xx"), marks(".x"))
    assert segments.totals.tolist() == [30]


def test_estimates_below_zero_count_as_zero_where_nothing_may_be_negative() -> None:
    segments = Segments.of(row(0, None, None, 10), row(None, None, None), marks("..."), marks("xxx"))
    estimates = np.array([[-5.0, 2, 3]])
    assert settle(estimates, segments).values.tolist() == [[0, 4, 6]]
    assert settle(estimates, segments, negative=True).values[0, 0] < 0


def test_an_unanswered_slot_keeps_the_others_of_its_segment_unscaled() -> None:
    segments = Segments.of(row(0, None, None, 100), row(None, None, None), marks("..."), marks("xxx"))
    settled = settle(np.array([[10.0, np.nan, 20.0]]), segments)
    assert settled.values.tolist() == [[10, NONE, 20]]
    assert not settled.scaled.any()


def test_zeros_of_an_outage_get_energy_only_if_there_is_nothing_else() -> None:
    segments = Segments.of(row(0, None, None, None, 9), row(None, None, None, None), marks("...."), marks("xxxx"))
    zeros = np.zeros((1, 4))
    assert settle(zeros, segments, pinned=marks("xx..")).values.tolist() == [[0, 0, 5, 4]]
    assert settle(zeros, segments, pinned=marks("xxxx")).values.tolist() == [[3, 2, 2, 2]]
    some = np.array([[0, 0, 0.0, 3.0]])
    assert settle(some, segments, pinned=marks("xx..")).values.tolist() == [[0, 0, 0, 9]]


@pytest.mark.parametrize("absurd", [np.inf, -np.inf, 2.0**52, 1e300, np.nan])
def test_an_estimate_that_cannot_be_stored_is_none(absurd: float) -> None:
    segments = Segments.of(row(None, None, None), row(None, None), marks(".."), marks("xx"))
    assert settle(np.array([[absurd, 3.0]]), segments, negative=True).values.tolist() == [[NONE, 3]]


def test_extreme_stands_are_refused_not_wrapped() -> None:
    segments = Segments.of(row(-(2**52), None, 2**52), row(None, None), marks(".."), marks("xx"))
    settled = settle(np.array([[1.0, 1.0]]), segments)
    assert settled.refused.all()
    assert (settled.values == NONE).all()


def test_a_thousand_estimates_of_the_largest_size_are_no_crash() -> None:
    shape = (1, 3000)
    stands = np.full((1, 3001), NONE)
    segments = Segments.of(stands, np.full(shape, NONE), np.zeros(shape, np.bool_), np.ones(shape, np.bool_))
    values = settle(np.full(shape, 2.0**52 - 1), segments).values
    assert ((values >= 0) & (values < 2**52)).all()


def test_nothing_wanted_and_stands_that_do_not_fit() -> None:
    segments = Segments.of(row(0, 1, 2), row(1, 1), marks("xx"), marks(".."))
    assert len(segments) == 0
    assert (settle(np.full((1, 2), np.nan), segments).values == NONE).all()
    with pytest.raises(ValueError, match="2 slots lie between 3 stands, not 2"):
        Segments.of(row(0, 1), row(1, 1), marks("xx"), marks(".."))


@given(st.data())
@settings(max_examples=80)
def test_whatever_is_known_adds_up(data: st.DataObject) -> None:
    """Any rows, any stands kept, any gaps: estimates and trusted values between two stands are their difference."""
    rows, slots = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 16))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    truth = rng.integers(0, 10 ** data.draw(st.integers(1, 14)), (rows, slots))
    register = np.concatenate([np.zeros((rows, 1), np.int64), np.cumsum(truth, axis=1)], axis=1)
    stands = np.where(rng.random(register.shape) < data.draw(st.floats(0, 1)), register, NONE)
    wanted = rng.random(truth.shape) < data.draw(st.floats(0, 1))
    estimates = rng.random(truth.shape) * rng.choice([0, 1, 1e6], truth.shape)
    settled = settle(estimates, Segments.of(stands, truth, ~wanted, wanted))
    after = np.where(wanted, settled.values, truth)
    assert not settled.refused.any()
    assert (after != NONE).all()
    for line in range(rows):
        known = np.flatnonzero(stands[line] != NONE)
        for first, last in pairwise(known):
            assert after[line, first:last].sum() == stands[line, last] - stands[line, first]
            assert settled.scaled[line, first:last].tolist() == wanted[line, first:last].tolist()
        outside = np.ones(slots, np.bool_)
        if len(known):
            outside[known[0] : known[-1]] = False
        assert not settled.scaled[line, outside].any()
