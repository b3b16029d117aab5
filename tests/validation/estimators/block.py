"""Small blocks to estimate, written as numbers, and a past that says of every value where it comes from."""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from validation.estimators.arrays import NO_VALUE, Bools, Floats, Ints
from validation.estimators.days import JudgedDays, day_kinds
from validation.estimators.history import History

MONDAY = dt.date(2024, 5, 6)


def row(*values: int | None) -> Ints:
    """One row of values, None = nothing there."""
    return np.array([[NO_VALUE if value is None else value for value in values]], np.int64)


def marks(text: str) -> Bools:
    """A row of marks: "x" is True."""
    return np.array([[letter == "x" for letter in text]])


def said(values: Floats) -> list[float | None]:
    """A row of estimates, None = no answer."""
    return [None if np.isnan(value) else float(value) for value in values[0]]


def number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - dt.date(1970, 1, 1).toordinal()


def ordinary_day(day: dt.date, per_day: int = 24, holiday: bool = False) -> JudgedDays:
    """One local day of ordinary length."""
    return JudgedDays.of(number(day), [0, per_day], per_day, holiday=np.array([holiday]))


def past(first: dt.date, days: int, per_day: int = 24, rows: int = 1, holidays: tuple[dt.date, ...] = ()) -> History:
    """A complete past of `days` days; the value in wall slot w of the day numbered d is 1,000 d + w."""
    numbers = np.arange(number(first), number(first) + days, dtype=np.int32)
    values: NDArray[np.int64] = numbers.astype(np.int64)[None, :, None] * 1000 + np.arange(per_day)
    values = np.repeat(values, rows, axis=0)
    holiday = np.isin(numbers, [number(day) for day in holidays])
    return History(
        values,
        np.ones(values.shape, np.bool_),
        numbers,
        day_kinds(numbers, holiday),
        np.zeros(values.shape[:2], np.bool_),
    )


def dates(history: History, sources: NDArray[np.intp]) -> list[dt.date]:
    """The days that speak for the first judged day, in order."""
    return [dt.date(1970, 1, 1) + dt.timedelta(days=int(history.numbers[at])) for at in sources[0] if at >= 0]
