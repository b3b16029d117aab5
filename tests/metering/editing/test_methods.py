"""The methods of changing values: what they give, and that the integers add up to what was asked for."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.quality import Quality
from metering.services.editing import MethodError, methods
from metering.services.editing.sharing import share
from metering.services.editing.slots import Slots
from metering.store import NO_VALUE
from tests.metering.editing.slots import START, slots

GAP = slots([100, None, None, None, 500])


def gaps(before: Slots) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    missing: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = ~before.present
    return missing


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200), st.integers(-(10**12), 10**12))
def test_shares_add_up_exactly(weights: list[float], total: int) -> None:
    assert int(share(np.array(weights), total).sum()) == total


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=200), st.integers(0, 10**9))
def test_shares_are_within_one_unit_of_their_part(weights: list[int], total: int) -> None:
    shares, whole = share(np.array(weights, np.float64), total), sum(weights)
    for weight, part in zip(weights, shares.tolist(), strict=True):
        exact = total * weight / whole if whole else total / len(weights)
        assert abs(part - exact) < 1 + 1e-6 * max(exact, 1)


def test_a_line_leads_from_neighbour_to_neighbour() -> None:
    change = methods.interpolate(GAP, GAP, gaps(GAP))
    assert change.values.tolist() == [100, 200, 300, 400, 500]
    assert change.given.tolist() == [False, True, True, True, False]
    assert set(change.quality[change.given].tolist()) == {Quality.EDITED}


def test_neighbours_may_lie_outside_the_stretch() -> None:
    inner = GAP.between(START + 900, START + 4 * 900)
    assert methods.interpolate(inner, GAP, gaps(inner)).values.tolist() == [200, 300, 400]


def test_without_a_neighbour_on_one_side_the_other_goes_on() -> None:
    before = slots([None, None, 7])
    assert methods.interpolate(before, before, gaps(before)).values.tolist() == [7, 7, 7]


def test_a_total_is_met_to_the_unit_and_the_line_gives_the_shape() -> None:
    change = methods.interpolate(GAP, GAP, gaps(GAP), 1001)
    assert change.total == 1001
    filled = change.values[1:4].tolist()
    assert filled == sorted(filled) and filled == [89, 134, 178]


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=2, max_size=120).filter(
        lambda values: None in values and any(value is not None for value in values)
    ),
    st.integers(0, 10**9),
)
def test_interpolated_values_and_those_that_stay_are_the_total(values: list[int | None], extra: int) -> None:
    before = slots(values)
    total = int(before.values[before.present].sum()) + extra
    change = methods.interpolate(before, before, gaps(before), total)
    assert change.total == total
    assert (change.values[before.present] == before.values[before.present]).all()


def test_nothing_to_replace_nothing_nearby_and_too_small_a_total_are_said() -> None:
    whole, empty = slots([1, 2]), slots([None, None])
    for before, total, words in ((whole, None, "nothing to interpolate"), (empty, None, "no value nearby")):
        with pytest.raises(MethodError, match=words):
            methods.interpolate(before, before, gaps(before), total)
    with pytest.raises(MethodError, match="already add up to more"):
        methods.interpolate(GAP, GAP, gaps(GAP), 599)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=100).filter(any), st.integers(0, 10**9))
def test_scaling_to_a_total_meets_it(values: list[int], total: int) -> None:
    assert methods.scale_to(slots(values), total).total == total


def test_scaling_by_a_factor_rounds_the_sum_once() -> None:
    change = methods.scale(slots([1, 1, 1, None]), Fraction(5, 2))
    assert change.total == 8 and sorted(change.values[:3].tolist()) == [2, 3, 3]
    assert change.values[3] == NO_VALUE and not change.given[3]


@pytest.mark.parametrize(
    ("before", "total", "words"),
    [(slots([0, 0]), 5, "add up to zero"), (slots([-1, 3]), 5, "negative"), (slots([None]), 5, "no values to scale")],
)
def test_what_no_factor_can_do_is_said(before: Slots, total: int, words: str) -> None:
    with pytest.raises(MethodError, match=words):
        methods.scale_to(before, total)


def test_too_large_a_factor_is_refused() -> None:
    with pytest.raises(MethodError, match="too large"):
        methods.scale(slots([10]), Fraction(10**30))


def test_deleting_leaves_no_value_and_says_so_where_there_was_one() -> None:
    change = methods.delete(GAP)
    assert change.given.tolist() == [True, False, False, False, True]
    assert change.quality[change.given].tolist() == [Quality.DELETED] * 2
    assert (change.values == NO_VALUE).all()


def test_accepting_takes_doubtful_values_as_they_are() -> None:
    before = slots([1, 2, 3, None], [0, Quality.SUSPECT, Quality.ESTIMATED + 4, Quality.MISSING])
    change = methods.accept(before)
    assert change.given.tolist() == [False, True, True, False]
    assert change.quality[1:3].tolist() == [Quality.ACCEPTED] * 2
    assert change.values.tolist() == before.values.tolist()


def test_a_constant_leaves_equal_values_alone() -> None:
    change = methods.constant(slots([5, 6, None]), 5)
    assert change.given.tolist() == [False, True, True] and change.values.tolist() == [5, 5, 5]


def test_copying_leaves_what_the_source_does_not_have() -> None:
    change = methods.copy(slots([1, 2, 3]), slots([9, None, 3]))
    assert change.values.tolist() == [9, 2, 3] and change.given.tolist() == [True, False, False]
    with pytest.raises(MethodError, match="no values to copy"):
        methods.copy(slots([1]), slots([None]))
