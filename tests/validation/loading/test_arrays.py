"""Stretches, chains and scaling against plain loops."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from metering.store.batch import NO_VALUE, VALUE_LIMIT
from validation.loading.chains import Steps, added_up
from validation.loading.scaling import by_powers
from validation.loading.stretches import FOREVER, Stretches

ROWS, SLOTS, LENGTH = 3, 5, 10
BOUNDARIES = np.arange(SLOTS + 1) * LENGTH
_STRETCH = some.tuples(some.integers(0, ROWS - 1), some.integers(-15, 65), some.integers(0, 70))


@settings(max_examples=150, deadline=None)
@given(some.lists(_STRETCH, max_size=6))
def test_stretches_are_laid_over_slots(given_ones: list[tuple[int, int, int]]) -> None:
    rows, starts, lengths = np.array(given_ones, np.int64).reshape(-1, 3).T
    stretches = Stretches(rows.astype(np.intp), starts, starts + lengths)
    whole, touched = stretches.whole(BOUNDARIES, ROWS), stretches.touched(BOUNDARIES, ROWS)
    for row in range(ROWS):
        own = [(start, start + length) for of, start, length in given_ones if of == row]
        for slot, begin in enumerate(BOUNDARIES[:-1].tolist()):
            end = begin + LENGTH
            assert whole[row, slot] == any(start <= begin and end <= stop for start, stop in own)
            assert touched[row, slot] == any(start < end and max(stop, start + 1) > begin for start, stop in own)


def test_what_never_began_nor_ends_covers_all() -> None:
    always = Stretches(np.array([1]), np.array([-FOREVER]), np.array([FOREVER]))
    assert always.whole(BOUNDARIES, 2).sum(axis=1).tolist() == [0, SLOTS]


@settings(max_examples=150, deadline=None)
@given(some.lists(some.one_of(some.none(), some.integers(0, 9), some.just("?")), min_size=1, max_size=9))
def test_the_longest_stretch_without_a_break_is_added_up(steps: list[int | str | None]) -> None:
    """A step is what was used since the stand before, "?" where that is unknown, None where there is no stand."""
    known, broken = (np.array([test(step) for step in steps])[None] for test in (_is_known, _is_broken))
    used = np.array([step if isinstance(step, int) else 0 for step in steps], np.int64)[None]
    found = added_up(Steps(known, used, broken))[0]
    stretches: list[list[int]] = [[]]
    for column, step in enumerate(steps):
        if step == "?":
            stretches.append([])
        if step is not None:
            stretches[-1].append(column)
    best = max((each for each in stretches if each), key=lambda own: (own[-1] - own[0], own[0]), default=[])
    assert np.flatnonzero(found != NO_VALUE).tolist() == best
    for first, second in pairwise(best):
        assert found[second] - found[first] == used[0, first + 1 : second + 1].sum()


def _is_known(step: int | str | None) -> bool:
    return step is not None


def _is_broken(step: int | str | None) -> bool:
    return step == "?"


@settings(max_examples=200, deadline=None)
@given(some.integers(-(2**52) + 1, 2**52 - 1), some.integers(-20, 20))
def test_powers_are_exact_or_nothing(value: int, step: int) -> None:
    right = value * Fraction(10) ** step
    fits = right.denominator == 1 and abs(right) < VALUE_LIMIT
    assert by_powers(np.array([[value]]), np.array([step])).tolist() == [[int(right) if fits else NO_VALUE]]


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_nothing_stays_nothing(step: int) -> None:
    assert by_powers(np.array([NO_VALUE]), np.array([step])).tolist() == [NO_VALUE]
