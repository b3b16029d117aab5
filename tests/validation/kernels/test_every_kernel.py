"""What holds for every kernel over a block, whatever it looks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings

from metering.quality import Quality, QualityClass
from tests.validation.kernels.blocks import LARGEST, blocks
from tests.validation.kernels.written import day_edges
from validation import kernels
from validation.kernels import NO_VALUE, Edges, Mask, Values, day_figures

BANDS = kernels.sentinel_bands(0, Decimal("0.001"))


@dataclass(frozen=True)
class Block:
    """Values, which of them are usable, and the days to judge."""

    values: Values
    usable: Mask
    edges: Edges

    def rows(self, rows: slice) -> Block:
        return Block(self.values[rows], self.usable[rows], self.edges)

    @property
    def figures(self) -> kernels.DayFigures:
        return day_figures(self.values, self.usable, self.edges)

    @property
    def quality(self) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
        there = np.where(self.values % 3 == 0, Quality.ESTIMATED, Quality.MEASURED)
        return np.where(self.values == NO_VALUE, Quality.MISSING, there).astype(np.uint8)

    @property
    def odd(self) -> Mask:
        """Some mask that differs between the rows."""
        odd: Mask = self.values % 2 == 1
        return odd

    @property
    def differences(self) -> Values:
        return self.figures.totals - (self.figures.maxima % 3)

    @property
    def use(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return kernels.daily_use(self.figures, 24, 0.5)


def _one_phase_missing(block: Block) -> Mask:
    phases = kernels.missing_phase(np.stack([block.values, block.values[:, ::-1]]), 5.0, 90.0, block.edges)
    either: Mask = phases[0] | phases[1]
    return either


HUNDRED = np.array(100.0)
KERNELS: dict[str, Callable[[Block], Mask]] = {
    "V1": lambda b: kernels.missing(b.values, np.ones_like(b.usable), b.edges),
    "present": lambda b: kernels.present(b.values, b.edges),
    "V6": lambda b: kernels.negative(b.values, b.edges),
    "positive": lambda b: kernels.positive(b.values, b.edges),
    "V7": lambda b: kernels.zero(b.values, b.edges),
    "V7 prolonged": lambda b: kernels.prolonged_zero(b.values, b.odd, 2, b.edges),
    "V8 above": lambda b: kernels.above_limit(b.values, HUNDRED, b.edges),
    "V8 below": lambda b: kernels.below_limit(b.values, HUNDRED, b.edges),
    "V9": lambda b: kernels.step_change(b.values, b.usable, 100.0, 5.0, b.edges),
    "V10": lambda b: kernels.spike(b.values, b.usable, b.figures, 180.0, 5.0),
    "V10 window": lambda b: kernels.spike(b.values, b.usable, b.figures, whole_window=True),
    "V11": lambda b: kernels.sum_check(b.figures, b.differences, 1.0),
    "V12 outside": lambda b: kernels.usage_outside(b.use, b.figures, HUNDRED, 50, 200),
    "V12 change": lambda b: kernels.usage_change(b.use, b.figures, HUNDRED, 50),
    "V13": lambda b: kernels.above_historical_peak(b.values, b.figures.maxima[:, :1], 50, 5.0, b.edges),
    "V15": lambda b: kernels.flat_line(b.values, b.usable, 2, with_zeros=True, edges=b.edges),
    "V15 quality": lambda b: kernels.quality_run(b.quality, [QualityClass.MISSING], 2, b.edges),
    "V16": lambda b: kernels.wrong_multiplier(b.figures, b.differences),
    "V20": lambda b: kernels.prolonged_estimation(b.quality, 2, b.edges),
    "V21": lambda b: kernels.inactive_consumption(b.values, b.odd, 5.0, b.edges),
    "V25": lambda b: kernels.status_bits((b.values % 8).astype(np.uint32), 2, b.edges),
    "V26": lambda b: kernels.low_power_factor(b.values, b.values[:, ::-1], 0.8, 5.0, b.edges),
    "V26 phase": _one_phase_missing,
    "V27": lambda b: kernels.consumption_in_outage(b.values, b.odd, 5.0, b.edges),
    "V28": lambda b: kernels.differs_from_check_meter(b.values, b.values[:, ::-1], 5.0, 5.0, b.edges),
    "V29": lambda b: kernels.error_sentinel(b.values, BANDS, b.edges),
}
JUDGES_ABSENCE = {"V1", "V15 quality"}
ALL = pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)


@pytest.fixture(autouse=True)
def _nothing_overflows() -> Iterator[None]:
    """Division by zero and overflow are errors: kernels avoid them instead of hiding them."""
    with np.errstate(all="raise"):
        yield


def whole_days(values: Values) -> Block:
    """A block of two days of 92 and 100 slots after 8 of context."""
    return Block(values, values != NO_VALUE, day_edges(8, 92, 100))


@ALL
@given(block=blocks(slots=24))
@settings(max_examples=15, deadline=None)
def test_shape_context_and_independent_rows(kernel: Callable[[Block], Mask], block: tuple[Values, Mask]) -> None:
    """Rows judged alone give what they give together; nothing given is changed; what comes before a day never fails."""
    values, usable = block
    slots = values.shape[1]
    judged = Block(values, usable, np.array(sorted({slots // 3, max(slots // 2, 1), slots}), np.intp))
    before = values.copy(), usable.copy()
    fails = kernel(judged)
    assert (fails.shape, fails.dtype) == (values.shape, np.dtype(np.bool_))
    assert not fails[:, : judged.edges[0]].any()
    assert np.array_equal(before[0], values)
    assert np.array_equal(before[1], usable)
    alone = [kernel(judged.rows(slice(row, row + 1))) for row in range(len(values))]
    assert np.array_equal(np.concatenate(alone), fails)


@pytest.mark.parametrize("name", KERNELS)
def test_all_missing(name: str) -> None:
    fails = KERNELS[name](whole_days(np.full((3, 200), NO_VALUE)))
    assert fails[:, 8:].all() if name in JUDGES_ABSENCE else not fails.any()


@ALL
def test_a_single_value_is_judged_for_itself_alone(kernel: Callable[[Block], Mask]) -> None:
    alone = np.full((1, 200), NO_VALUE)
    nothing = kernel(whole_days(alone.copy()))
    alone[0, 100] = 7
    changed = np.flatnonzero(kernel(whole_days(alone)) != nothing)
    assert set(changed.tolist()) <= {100}


@pytest.mark.parametrize("name", KERNELS)
def test_a_year_of_zeros(name: str) -> None:
    days = day_edges(96, *([96] * 87), 92, *([96] * 209), 100, *([96] * 67))
    values = np.zeros((2, int(days[-1])), np.int64)
    fails = KERNELS[name](Block(values, np.ones_like(values, np.bool_), days))
    expected = {"present", "V7", "V7 prolonged", "V8 below", "V12 outside", "V12 change", "V15", "V20"}
    assert fails[:, 96:].all() if name in expected else not fails.any()


@pytest.mark.parametrize("name", KERNELS)
def test_the_largest_values_do_not_overflow(name: str) -> None:
    values = np.full((2, 200), LARGEST)
    values[1, ::2] = -LARGEST
    fails = KERNELS[name](whole_days(values))
    of_equal_values = {
        "present",
        "positive",
        "V8 above",
        "V12 outside",
        "V12 change",
        "V15",
        "V20",
        "V21",
        "V25",
        "V26",
    }
    assert fails[0, 8:].all() if name in of_equal_values | {"V27"} else not fails[0].any()


@ALL
def test_no_rows(kernel: Callable[[Block], Mask]) -> None:
    assert kernel(whole_days(np.empty((0, 200), np.int64))).shape == (0, 200)
