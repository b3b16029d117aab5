"""Values of other days than those judged, when an estimator asks for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from metering.intervals import DAY_S
from metering.quality import QualityClass, quality_class
from metering.store.batch import Rows
from validation.estimators.history import History, history_of
from validation.loading.batch import Batch
from validation.loading.columns import on_columns
from validation.loading.days import are_holidays, columns_of, judged_days, midnights
from validation.loading.outages import touched_by_outages
from validation.window import Bools, Codes, Ints


def load_history(batch: Batch) -> dict[str, Any]:
    """A question that can be asked later: see `Facts.history`. Three queries each time it is asked."""

    def ask(rows: Rows, distances: range) -> History:
        return _history(batch, batch.series_ids[rows], distances)

    return {"history": ask}


def _history(batch: Batch, series_ids: Ints, distances: range) -> History:
    """The days from the first to the last of these distances from the first judged day."""
    low, high = min(distances, default=0), max(distances, default=0)
    days = [batch.first_day + dt.timedelta(days=distance) for distance in range(low, high + 1)]
    interval_s, bounds = batch.window.interval_s, midnights(days, batch.zone)
    midnight = int(bounds[0]) // DAY_S * DAY_S
    columns = columns_of(bounds, midnight, interval_s)
    boundaries = midnight + np.arange(columns[0], columns[-1] + 1, dtype=np.int64) * interval_s
    calendar = judged_days(days, columns - columns[0], batch.zone, interval_s, are_holidays(series_ids, days))
    matrix, _ = on_columns(series_ids, boundaries)
    usable = _usable(matrix.present, matrix.quality)
    return history_of(matrix.values, usable, touched_by_outages(series_ids, boundaries), calendar)


def _usable(present: Bools, quality: Codes) -> Bools:
    """As `Window.usable` has it."""
    kind = quality_class(quality)
    found: Bools = present & ((kind == QualityClass.MEASURED) | (kind == QualityClass.DECIDED))
    return found
