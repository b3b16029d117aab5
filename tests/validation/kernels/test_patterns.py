"""Zeros, equal values and estimates that go on."""

from __future__ import annotations

import numpy as np
import pytest

from metering.quality import EstimationMethod, Quality, QualityClass, estimated_by
from tests.validation.kernels.written import day_edges, edges, rows, shown, usable
from validation.kernels import flat_line, prolonged_estimation, prolonged_zero, quality_run


def test_zeros_in_a_row() -> None:
    values = rows("0 0 0 1 0 0", "0 . 0 0 0 0")
    assert shown(prolonged_zero(values, None, 3)) == ["xxx...", "..xxxx"]


def test_zeros_of_an_outage_neither_fail_nor_count() -> None:
    values = rows("0 0 0 0 0 0 0")
    outage = np.array([[False, False, False, True, True, False, False]])
    assert shown(prolonged_zero(values, outage, 3)) == ["xxx...."]
    assert shown(prolonged_zero(values, outage, 4)) == ["......."]


def test_a_run_may_begin_in_the_context() -> None:
    assert shown(prolonged_zero(rows("5 0 0 0 5"), None, 3, edges(3, 5))) == ["...x."]


@pytest.mark.parametrize("length", [92, 96, 100])
def test_a_whole_local_day_of_zeros(length: int) -> None:
    values = np.zeros((1, 4 + length), np.int64)
    values[:, :4] = 7
    assert prolonged_zero(values, None, length, day_edges(4, length)).sum() == length
    assert not prolonged_zero(values, None, length + 1, day_edges(4, length)).any()


def test_flat_line() -> None:
    values = rows("5 5 5 6 6 7", "0 0 0 3 3 3", "4 4 . 4 4 4")
    assert shown(flat_line(values, usable(values), 3)) == ["xxx...", "...xxx", "...xxx"]
    assert shown(flat_line(values, usable(values), 2, with_zeros=True)) == ["xxxxx.", "xxxxxx", "xx.xxx"]
    assert shown(flat_line(values, usable(values), 2, edges=edges(2, 6))) == ["..xxx.", "...xxx", "...xxx"]


def test_what_is_not_usable_is_no_part_of_a_flat_line() -> None:
    values = rows("5 5 5 5")
    fit = np.array([[True, True, False, True]])
    assert shown(flat_line(values, fit, 2)) == ["xx.."]
    assert shown(flat_line(values, fit, 3)) == ["...."]


def test_one_value_is_not_equal_to_anything() -> None:
    with pytest.raises(ValueError, match="from two on"):
        flat_line(rows("5 5"), usable(rows("5 5")), 1)


def test_estimates_in_a_row() -> None:
    linear, final = estimated_by(EstimationMethod.LINEAR), estimated_by(EstimationMethod.FLAT, scaled=True, final=True)
    quality = np.array(
        [
            [linear, final, linear, Quality.MEASURED, linear, linear],
            [linear, linear, Quality.EDITED, linear, linear, Quality.MISSING],
        ],
        np.uint8,
    )
    assert shown(prolonged_estimation(quality, 3)) == ["xxx...", "......"]
    assert shown(prolonged_estimation(quality, 2, edges(1, 6))) == [".xx.xx", ".x.xx."]


def test_runs_by_class_of_quality() -> None:
    quality = np.array([[Quality.SUSPECT, Quality.SENTINEL, Quality.MISSING, Quality.MEASURED]], np.uint8)
    assert shown(quality_run(quality, [QualityClass.SUSPECT], 2)) == ["xx.."]
    assert shown(quality_run(quality, [QualityClass.SUSPECT, QualityClass.MISSING], 3)) == ["xxx."]
    assert shown(quality_run(quality, [], 1)) == ["...."]
