"""Sharing totals: exact sums, every share within one unit of its exact one, the same answer every time."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metering.services.editing.sharing import share
from validation.estimators.apportioning import apportion

weight = st.one_of(st.integers(0, 10**6).map(float), st.floats(0, 1e15, allow_subnormal=False), st.just(0.0))
total = st.one_of(st.integers(-1000, 1000), st.integers(-(2**52), 2**52))


def shares(weights: list[float], of: int) -> list[int]:
    answer = apportion(np.array(weights, np.float64), np.zeros(len(weights), np.int64), np.array([of]))
    return [int(share) for share in answer]


@pytest.mark.parametrize(
    ("weights", "of", "expected"),
    [
        ([1, 1, 1], 10, [4, 3, 3]),
        ([1, 2, 3], 60, [10, 20, 30]),
        ([5, 1, 1], 10, [7, 2, 1]),
        ([0, 0, 0, 0], 10, [3, 3, 2, 2]),
        ([0, 3, 0], 7, [0, 7, 0]),
        ([-1, -3], -8, [-2, -6]),
        ([-2, 2], 6, [1, 5]),
        ([4, 4], -3, [-1, -2]),
        ([0.5], 0, [0]),
        ([1e300, 1e300], 2**52 - 1, [2**51, 2**51 - 1]),
    ],
)
def test_shares_by_hand(weights: list[float], of: int, expected: list[int]) -> None:
    assert shares(weights, of) == expected


@given(st.lists(st.tuples(st.lists(weight, min_size=1, max_size=12), total), min_size=1, max_size=6))
@settings(max_examples=80)
def test_sums_are_exact_and_shares_within_one_unit(groups: list[tuple[list[float], int]]) -> None:
    weights = np.array([w for members, _ in groups for w in members])
    segment = np.array([s for s, (members, _) in enumerate(groups) for _ in members])
    totals = np.array([of for _, of in groups])
    answer = apportion(weights, segment, totals)
    for number, (members, of) in enumerate(groups):
        mine = [int(value) for value in answer[segment == number]]
        whole = sum(map(Fraction, members))
        assert sum(mine) == of
        for value, w in zip(mine, members, strict=True):
            exact = Fraction(w) / whole * of if whole else Fraction(of, len(members))
            assert abs(value - exact) <= 1


@given(st.lists(weight, min_size=1, max_size=30), st.integers(0, 10**9), st.permutations(range(4)))
@settings(max_examples=30)
def test_segments_do_not_depend_on_one_another_or_on_their_order(
    weights: list[float], of: int, order: list[int]
) -> None:
    alone = shares(weights, of)
    many = np.tile(np.array(weights), 4)
    segment = np.repeat(np.array(order), len(weights))
    totals = np.array([7, of, 3, 0])
    answer = apportion(many, segment, totals)
    assert answer[segment == 1].tolist() == alone


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20), st.integers(-(10**6), 10**6))
@settings(max_examples=50)
def test_it_shares_as_an_edit_by_hand_does(weights: list[int], of: int) -> None:
    floats = np.array(weights, np.float64)
    mine, theirs = np.array(shares(floats.tolist(), of), np.int64), share(floats, of)
    assert mine.sum() == theirs.sum() == of
    # Rounding noise may give the last unit to another of two equal remainders.
    assert np.abs(mine - theirs).max() <= 1


def test_nothing_to_share_and_a_segment_without_members() -> None:
    assert apportion(np.zeros(0), np.zeros(0, np.int64), np.array([5])).tolist() == []
    assert apportion(np.ones(2), np.array([2, 2]), np.array([9, 9, 3])).tolist() == [2, 1]


def test_the_largest_totals_do_not_lose_a_unit() -> None:
    rng = np.random.default_rng(6)
    weights, segment = rng.random((300, 7)), np.repeat(np.arange(300), 7)
    weights[:, 0] *= 100
    totals = 2**52 - rng.integers(1, 100, 300)
    answer = apportion(weights.reshape(-1), segment, totals).reshape(weights.shape)
    assert answer.sum(axis=1).tolist() == totals.tolist()
    for members, of, mine in zip(weights, totals.tolist(), answer, strict=True):
        parts = [Fraction(float(w)) for w in members]
        assert max(abs(int(got) - w / sum(parts) * of) for got, w in zip(mine, parts, strict=True)) <= 1
