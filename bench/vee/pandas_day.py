"""One series-day as a pandas DataFrame, and what is known of it as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metering.quality import is_estimate
from metering.store.batch import NO_VALUE
from metering.store.statistics.daytypes import DayType
from validation.facts import Facts, Statistics, Usage
from validation.window import Bools, Floats, Ints, Window


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A local day of one series. Amounts are in integers of the series, NaN = unknown.

    slots     one line per interval, the `first` ones before the day: value (NaN = nothing there), usable, due, status,
              estimated, off (no power), touched (by an outage), served, check, beside (another channel has a value)
    worth     Wh of one integer
    average   of such days in the months before, `peak` the highest value there
    counted   difference of the register over the day
    before    one line per complete UTC day before: total and maximum (NaN = not complete), guessed
    """

    slots: pd.DataFrame
    first: int
    interval_s: int
    worth: float
    capacity: float
    average: float
    peak: float
    counted: float
    before: pd.DataFrame

    @property
    def judged(self) -> pd.DataFrame:
        """The intervals of the day itself."""
        return self.slots.iloc[self.first :]

    @property
    def good(self) -> pd.Series:
        """The usable values of the day."""
        return self.judged["value"][self.judged["usable"]]


def day_of_row(window: Window, facts: Facts, row: int) -> Day:
    """The day of one row of a window of one day. LookupError where something was not loaded."""
    if facts.statistics is None or facts.usage is None or facts.capacity is None:
        raise LookupError("The facts of the default set were not loaded")
    first, kind = int(window.edges[0]), int(window.day_types[0])
    return Day(
        _slots(window, facts, row),
        first,
        window.interval_s,
        float(facts.units[row]),
        float(facts.capacity[row]),
        _average(facts.statistics, row, kind),
        float(facts.statistics.maximum[row, DayType.ALL]),
        _counted(facts.stands, row, first),
        _before(facts.usage, row, int(window.starts[first]) // 86_400),
    )


def _slots(window: Window, facts: Facts, row: int) -> pd.DataFrame:
    columns: dict[str, Ints | Floats | Bools] = {
        "value": _numbers(window.values[row]),
        "usable": window.usable[row],
        "due": window.due[row],
        "status": window.status[row].astype(np.int64),
        "estimated": is_estimate(window.quality[row]),
        "beside": _beside(window, facts.siblings, row),
    }
    for name, known in (("off", facts.outages), ("touched", facts.outage_touched), ("served", facts.in_service)):
        if known is None:
            raise LookupError("The facts of the default set were not loaded")
        columns[name] = known[row]
    if facts.check is not None:
        columns["check"] = _numbers(facts.check[row])
    return pd.DataFrame(columns)


def _numbers(values: Ints) -> Floats:
    """NaN where there is nothing, as pandas has it."""
    return np.where(values == NO_VALUE, np.nan, values.astype(np.float64))


def _beside(window: Window, siblings: Ints | None, row: int) -> Bools:
    """Where another series of the same device has a value."""
    same = np.zeros(0, np.intp) if siblings is None else np.flatnonzero(siblings == siblings[row])
    beside: Bools = window.present[same[same != row]].any(axis=0)
    return beside


def _average(statistics: Statistics, row: int, kind: int) -> float:
    """Of days of this type, else of all days."""
    own = float(statistics.average[row, kind])
    return float(statistics.average[row, DayType.ALL]) if np.isnan(own) else own


def _counted(stands: Ints | None, row: int, first: int) -> float:
    if stands is None or NO_VALUE in (stands[row, first], stands[row, -1]):
        return np.nan
    return float(stands[row, -1] - stands[row, first])


def _before(usage: Usage, row: int, end: int) -> pd.DataFrame:
    days = slice(0, end - usage.first_day)
    return pd.DataFrame(
        {
            "total": _numbers(usage.totals[row, days]),
            "maximum": _numbers(usage.maxima[row, days]),
            "guessed": usage.estimated[row, days],
        }
    )
