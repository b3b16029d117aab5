"""Energy at another interval: exact sums, missing stays missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.estimators.block import row
from validation.estimators.arrays import NO_VALUE
from validation.estimators.resolutions import merged, rescaled, split

MINUTE = 60


def test_by_hand() -> None:
    """Itron: one value of 15 minutes gives three of 5, one of 30 gives six, two of 15 make one of 30."""
    assert rescaled(row(10), 15 * MINUTE, 5 * MINUTE).tolist() == [[4, 3, 3]]
    assert rescaled(row(13), 30 * MINUTE, 5 * MINUTE).tolist() == [[3, 2, 2, 2, 2, 2]]
    assert rescaled(row(10, 13), 15 * MINUTE, 30 * MINUTE).tolist() == [[23]]
    assert rescaled(row(-5), 15 * MINUTE, 5 * MINUTE).tolist() == [[-1, -2, -2]]
    assert rescaled(row(10, 20, 30), 10 * MINUTE, 15 * MINUTE).tolist() == [[20, 40]]
    assert rescaled(row(7, 8), 900, 900).tolist() == [[7, 8]]


def test_missing_stays_missing() -> None:
    assert split(row(None, 4), 2).tolist() == [[NO_VALUE, NO_VALUE, 2, 2]]
    assert merged(row(None, 4, 1, 2), 2).tolist() == [[NO_VALUE, 3]]


def test_a_split_may_follow_a_shape() -> None:
    shape = np.array([[1.0, 1, 2, 0, 0, 0]])
    assert split(row(10, 4), 3, shape).tolist() == [[3, 2, 5, 2, 1, 1]]


@pytest.mark.parametrize(("from_s", "to_s"), [(900, 3600), (0, 900), (900, 0), (900, -1), (900, 1000)])
def test_a_period_that_is_no_whole_number_of_intervals_is_refused(from_s: int, to_s: int) -> None:
    with pytest.raises(ValueError, match="3 intervals"):
        rescaled(row(1, 2, 3), from_s, to_s)


@given(
    st.lists(st.integers(-(2**52) + 1, 2**52 - 1), min_size=12, max_size=12),
    st.sampled_from([5, 10, 15, 20, 30, 60]),
    st.sampled_from([5, 10, 15, 20, 30, 60]),
)
@settings(max_examples=80)
def test_no_energy_is_lost_and_splitting_is_undone_by_merging(values: list[int], from_m: int, to_m: int) -> None:
    block = row(*values)
    there = rescaled(block, from_m * MINUTE, to_m * MINUTE)
    assert there.sum() == sum(values)
    if from_m % to_m == 0:
        assert rescaled(there, to_m * MINUTE, from_m * MINUTE).tolist() == block.tolist()
        parts = there.reshape(12, -1)
        assert (parts.max(axis=1) - parts.min(axis=1) <= 1).all()
