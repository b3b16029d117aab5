"""What all kernels rest on: context, integer limits, blocks of rows, and no Django."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metering import store
from tests.validation.kernels.written import edges
from validation.kernels import shapes


def test_no_value_is_that_of_the_store() -> None:
    assert shapes.NO_VALUE == store.NO_VALUE


def test_kernels_import_without_django() -> None:
    program = "import sys, validation.kernels; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_context_is_cut_off_and_put_back() -> None:
    values = np.arange(10).reshape(2, 5)
    assert shapes.judged(values, edges(2, 5)).tolist() == [[2, 3, 4], [7, 8, 9]]
    back = shapes.with_context(np.ones((2, 3), np.bool_), edges(2, 5))
    assert back.tolist() == [[False, False, True, True, True]] * 2


@pytest.mark.parametrize("limits", [7.0, [[7.0], [8.0]], [[1.0, 2.0, 3.0, 4.0, 5.0]]])
def test_limits_of_all_of_rows_and_of_columns(limits: float | list[list[float]]) -> None:
    part = shapes.judged_limits(np.array(limits), edges(2, 5))
    whole = np.broadcast_to(np.array(limits), (2, 5))
    assert np.array_equal(np.broadcast_to(part, (2, 3)), whole[:, 2:])


@given(
    value=st.integers(-(2**52) + 1, 2**52 - 1),
    limit=st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.integers(-(2**53), 2**53).map(float)),
)
@settings(max_examples=200, deadline=None)
def test_integer_limits_compare_as_the_real_ones(value: int, limit: float) -> None:
    assert (value > shapes.highest_allowed(np.array(limit))) == (value > limit)
    assert (value < shapes.lowest_allowed(np.array(limit))) == (value < limit)


@given(count=st.integers(0, 5_000), slots=st.integers(1, 100_000))
@settings(max_examples=60, deadline=None)
def test_row_blocks_cover_each_row_once(count: int, slots: int) -> None:
    blocks = shapes.row_blocks(count, slots)
    assert [row for block in blocks for row in range(block.start, block.stop)] == list(range(count))
    heights = [block.stop - block.start for block in blocks]
    assert all(height == 1 or height * slots <= shapes.BLOCK_VALUES for height in heights)
