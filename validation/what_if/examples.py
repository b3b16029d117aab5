"""A few of the days a rule finds, with what is stored and what would be put in place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.store.batch import NO_VALUE
from validation.engine.found import Found
from validation.what_if.batch import Batch, Outcome
from validation.window import Ints

MOST_EXAMPLES = 20


def examples(batch: Batch, outcome: Outcome, found: Found, room: int) -> list[dict[str, Any]]:
    """At most `room` of the days, of as many series as there are: the first of each series before the second of any."""
    if room <= 0:
        return []
    order = np.arange(len(found)) - np.searchsorted(found.row, found.row)
    chosen = np.argsort(order, kind="stable")[:room]
    return [_example(batch, outcome, found, int(number)) for number in chosen]


def _example(batch: Batch, outcome: Outcome, found: Found, number: int) -> dict[str, Any]:
    """One day: integers of the series, null where nothing is; times in seconds since 1970."""
    window, row, day = batch.window, int(found.row[number]), int(found.day[number])
    columns = slice(int(window.edges[day]), int(window.edges[day + 1]))
    failing = np.flatnonzero(found.slots[number])
    limit = float(found.limit[number])
    return {
        "series": int(window.series_ids[row]),
        "day": int(window.days[day]),
        "value": _or_none(int(found.value[number])),
        "limit": None if np.isnan(limit) else limit,
        "at": int(found.worst_at[number]),
        "count": len(failing),
        "start": int(window.starts[columns.start]),
        "step": window.interval_s,
        "marked": [int(window.starts[columns.start + each]) for each in (failing[0], failing[-1])],
        "before": _column(window.values[row, columns]),
        "before_quality": _codes(window.quality[row, columns]),
        "after": _column(outcome.result.values[row, columns]),
        "after_quality": _codes(outcome.result.quality[row, columns]),
    }


def _column(values: Ints) -> list[int | None]:
    return [_or_none(value) for value in values.tolist()]


def _codes(codes: NDArray[np.uint8]) -> list[int]:
    found: list[int] = codes.tolist()
    return found


def _or_none(value: int) -> int | None:
    return None if value == NO_VALUE else value
