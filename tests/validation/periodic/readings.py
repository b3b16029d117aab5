"""Windows of register values by hand: monthly or daily readings in UTC, told as lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from metering.intervals import day_number
from metering.quality import Quality
from metering.store.batch import NO_VALUE
from validation.parameters import read_all
from validation.periodic.calendar import YEAR, LocalDays
from validation.periodic.conditions.condition import PeriodicOutcome, periodic_condition
from validation.periodic.window import PeriodicFacts, PeriodicWindow, Readings, Rows
from validation.window import Bools, Floats, Ints

UTC = ZoneInfo("UTC")
Value = int | None


def months(count: int, first: dt.date = dt.date(2025, 1, 1)) -> list[dt.date]:
    """The first days of so many months."""
    return [dt.date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


def window(
    values: Sequence[Value],
    days: Sequence[dt.date] | None = None,
    *,
    stand: bool = False,
    judged: int | None = None,
    digits: int | None = None,
    quality: dict[int, int] | None = None,
    status: dict[int, int] | None = None,
    due: Sequence[int] = (),
) -> PeriodicWindow:
    """One series with these values at the midnights of `days`, months of 2025 by default; None = nothing there.

    From the reading `judged` on they are judged, all by default. Where `due` says so, or nothing stands, one is due.
    """
    days = months(len(values)) if days is None else days
    numbers = np.array([day_number(day) for day in days], np.int64)
    calendar = LocalDays.between(days[0] - dt.timedelta(days=400), days[-1], UTC)
    at = calendar.midnight(numbers)
    known = _ints(values)
    codes = np.where(known == NO_VALUE, np.uint8(Quality.MISSING), np.uint8(Quality.MEASURED)).astype(np.uint8)
    words = np.zeros(len(values), np.uint32)
    for place, code in (quality or {}).items():
        codes[place] = code
    for place, word in (status or {}).items():
        words[place] = word
    used, since = _used(known, at, 10**digits if digits else None) if stand else (known, np.zeros_like(at))
    wanted = (known == NO_VALUE) | np.isin(np.arange(len(values)), due)
    capacity = np.array([10.0**digits if digits else np.nan])
    one, ones = np.ones(1, np.bool_), np.ones(len(values), np.int64)
    rows = Rows(np.array([7]), one, np.array([7]), np.array([stand]), np.ones(1), ("Wh",), capacity)
    readings = Readings(
        np.zeros(len(values), np.intp), at, numbers, known, codes, words, wanted, wanted, used, ones,
        np.where(used == NO_VALUE, np.uint8(Quality.MISSING), codes).astype(np.uint8), since,
        calendar.months_before(at, 1), calendar.months_before(at, YEAR),
    )  # fmt: skip
    first = numbers[0 if judged is None else judged]
    return PeriodicWindow(rows, readings, np.arange(first, numbers[-1] + 1).astype(np.int32))


def _ints(values: Sequence[Value]) -> Ints:
    return np.array([NO_VALUE if value is None else value for value in values], np.int64)


def _used(values: Ints, at: Ints, capacity: int | None) -> tuple[Ints, Ints]:
    """What a register counted from stand to stand, by the definition."""
    used, since, last = np.full(len(values), NO_VALUE), np.zeros(len(values), np.int64), None
    for place, value in enumerate(values.tolist()):
        if value == NO_VALUE:
            continue
        if last is not None:
            step = value - int(values[last])
            used[place] = step + capacity if capacity and step < 0 and 2 * (step + capacity) < capacity else step
            since[place] = at[place] - at[last]
        last = place
    return used, since


def facts(
    source: Sequence[Value] | None = None,
    reference: Sequence[float | None] | None = None,
    resets: Sequence[Value] | None = None,
    doubted: Sequence[int] | None = None,
    count: int = 0,
) -> PeriodicFacts:
    """Facts of a window; `doubted` are numbers of readings, of `count`."""
    expected: Floats | None = None
    if reference is not None:
        expected = np.array([np.nan if value is None else value for value in reference], np.float64)
    unsure: Bools | None = None if doubted is None else np.isin(np.arange(count), doubted)
    return PeriodicFacts(
        None if source is None else _ints(source), expected, None if resets is None else _ints(resets), unsure
    )


def ask(code: str, found: PeriodicWindow, known: PeriodicFacts | None = None, **parameters: object) -> PeriodicOutcome:
    """What a condition says, with the parameters as a rule keeps them."""
    condition = periodic_condition(code)
    return condition.check(found, known or PeriodicFacts(), read_all(condition.parameters, parameters))


def marked(outcome: PeriodicOutcome) -> str:
    """The readings as a row of characters, x where they fail."""
    return "".join("x" if cell else "." for cell in outcome.failing.tolist())
