"""Functions of local time: of the start of the interval, on the clock on the wall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from metering.formula.asked import Asked, Bools, Floats
from metering.formula.calendar import DayCalendar
from metering.formula.functions.declared import Function, Unit
from metering.formula.node import Kind


def _of(column: Callable[[DayCalendar], NDArray[np.int64]]) -> Callable[[Asked], Floats]:
    def compute(asked: Asked) -> Floats:
        return column(asked.calendar).astype(np.float64)[np.newaxis]

    return compute


def _is_holiday(asked: Asked) -> Bools:
    return asked.calendar.holiday[np.newaxis]


CLOCK = (
    Function("hour", (), "0 to 23", _of(lambda calendar: calendar.hour), unit=Unit.NONE),
    Function("minute", (), "0 to 59", _of(lambda calendar: calendar.minute), unit=Unit.NONE),
    Function("weekday", (), "1 = Monday to 7 = Sunday", _of(lambda calendar: calendar.weekday), unit=Unit.NONE),
    Function("is_holiday", (), "whether it is a public holiday", _is_holiday, Kind.CONDITION, Unit.NONE),
)
"""Local time."""
