"""A vocabulary, days of Helsinki and short ways to evaluate, for the tests of formulas."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike

from metering.formula import DayCalendar, Evaluation, Variable, local_calendar, parse, vocabulary

HELSINKI = ZoneInfo("Europe/Helsinki")
EXPORT = "1-0:2.8.0"
WORDS = vocabulary(
    [
        Variable("value", "what is judged", "kWh"),
        Variable("average", "the average of its like", "kWh"),
        Variable("reactive", "reactive energy of the same slot", "kvarh"),
        Variable("factor", "something without a unit"),
    ],
    {EXPORT: Variable(EXPORT, "export", "kWh"), "A-": Variable(EXPORT, "export by its short name", "kWh")},
)
NAN = float("nan")


def days(first: str, count: int = 1, interval_s: int = 3600, context: int = 0) -> DayCalendar:
    """Whole local days of Helsinki from a date on, after so many columns of context."""
    day = dt.date.fromisoformat(first)
    start, end = (
        dt.datetime.combine(each, dt.time(), HELSINKI).astimezone(dt.UTC) for each in (day, day + dt.timedelta(count))
    )
    slots = int((end - start).total_seconds()) // interval_s + context
    start -= context * dt.timedelta(seconds=interval_s)
    return local_calendar(start, interval_s, slots, HELSINKI, judged_from=day)


def columns(slots: int) -> DayCalendar:
    """So many columns of one day, whatever the clock says."""
    nothing = np.zeros(slots, np.int64)
    return DayCalendar(np.array([0, slots], np.intp), nothing, nothing, nothing + 1, nothing.astype(np.bool_))


def evaluated(text: str, *, calendar: DayCalendar | None = None, **inputs: ArrayLike) -> Evaluation:
    """A formula over inputs given by name, one row of columns unless a calendar says otherwise."""
    formula = parse(text, WORDS)
    slots = max((np.shape(each)[-1] for each in inputs.values() if np.ndim(each)), default=1)
    return formula.evaluate(inputs, calendar=calendar or columns(slots))


def numbers(text: str, *, calendar: DayCalendar | None = None, **inputs: ArrayLike) -> list[float]:
    """The first row of what a formula gives."""
    row: list[float] = evaluated(text, calendar=calendar, **inputs).values[0].tolist()
    return row


def holds(text: str, *, calendar: DayCalendar | None = None, **inputs: ArrayLike) -> list[bool]:
    """The first row of where a condition holds."""
    row: list[bool] = evaluated(text, calendar=calendar, **inputs).holds[0].tolist()
    return row
