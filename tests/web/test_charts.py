"""The chart's columns."""

import json

import numpy as np
import pytest

from aim.web.charts import Chart, ChartQuality, ChartSeries, runs


def series(values: list[int], present: list[bool], quality: list[int] | None = None) -> ChartSeries:
    codes = np.array(quality, dtype=np.uint8) if quality is not None else None
    return ChartSeries(7, "Import", "Wh", 0, "consumption", np.array(values, dtype=np.int64), np.array(present), codes)


def test_runs_add_up() -> None:
    assert runs(np.array([0, 0, 2, 2, 2, 0], dtype=np.uint8)) == [[0, 2], [2, 3], [0, 1]]
    assert runs(np.array([], dtype=np.uint8)) == []
    assert runs(np.array([5], dtype=np.uint8)) == [[5, 1]]


def test_document_has_null_for_missing_and_keeps_large_integers() -> None:
    big = 2**53 - 1
    quality = ChartQuality(2, "Estimated", "busy", "~")
    chart = Chart(0, 900, "Europe/Helsinki", [series([1, big, -3], [True, True, False], [0, 2, 0])], [quality])
    document = json.loads(chart.as_json())
    assert document["series"][0]["values"] == [1, big, None]
    assert document["series"][0]["quality"] == [[0, 1], [2, 1], [0, 1]]
    assert document["qualities"] == [{"code": 2, "label": "Estimated", "tone": "busy", "symbol": "~"}]
    assert (document["start"], document["step"], document["zone"]) == (0, 900, "Europe/Helsinki")


def test_no_quality_column_means_all_good() -> None:
    assert series([1], [True]).columns()["quality"] == []


def test_series_of_different_length_are_refused() -> None:
    chart = Chart(0, 900, "UTC", [series([1], [True]), series([1, 2], [True, True])])
    with pytest.raises(ValueError, match=r"one length, not \[1, 2\]"):
        chart.as_json()
