"""Values given as columns, by another system: checked against the series and turned into a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from metering.intervals import to_instant, to_seconds
from metering.models import Series
from metering.quality import Quality
from metering.services.editing.methods import Change
from metering.services.editing.slots import Bools, Codes, Ints, Slots, read_slots
from metering.store import NO_VALUE, VALUE_LIMIT


class GivenError(ValueError):
    """The values do not fit the series; `field` names what is wrong, the message says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Values for a series: `at` int64 (m,) seconds since 1970, ascending; `values` int64 (m,), `NO_VALUE` = none;
    `quality` uint8 (m,), each edited, accepted or deleted."""

    at: Ints
    values: Ints
    quality: Codes

    def change(self, before: Slots) -> Change:
        """What differs from what is stored. A slot without a value is left alone unless it is to be deleted."""
        gone: Bools = self.quality == Quality.DELETED
        said: Bools = gone | (self.values != NO_VALUE)
        values = np.where(gone, NO_VALUE, np.where(said, self.values, before.values))
        accepted = (self.quality == Quality.ACCEPTED) & (before.quality != Quality.ACCEPTED)
        differs: Bools = said & ((values != before.values) | accepted)
        return Change(values, np.where(differs, self.quality, before.quality).astype(np.uint8), differs)


def profile_instants(series: Series, start: datetime, step_s: int, count: int, now: datetime) -> Ints:
    """The starts of `count` consecutive intervals. GivenError for another step, off the grid, or not ended yet."""
    if step_s != series.interval_s:
        raise GivenError("step_s", f"The series has intervals of {series.interval_s} s, not of {step_s} s.")
    first = to_seconds(start)
    if first % step_s:
        raise GivenError("start", f"An interval of {step_s} s does not start at {start:%H:%M:%S} UTC.")
    if first + count * step_s > to_seconds(now):
        raise GivenError("values", "An interval that has not ended yet has no value.")
    return first + np.arange(count, dtype=np.int64) * step_s


def register_instants(at: Sequence[datetime], now: datetime) -> Ints:
    """The instants of register values. GivenError unless they ascend and lie in the past."""
    seconds = np.array([to_seconds(each) for each in at], np.int64)
    if (np.diff(seconds) <= 0).any():
        raise GivenError("at", "The instants must ascend, each once.")
    if len(seconds) and seconds[-1] > to_seconds(now):
        raise GivenError("at", "A value cannot lie in the future.")
    return seconds


def check_values(values: Sequence[int | None]) -> Ints:
    """The integers given, `NO_VALUE` for None. GivenError for one that cannot be stored."""
    if any(value is not None and abs(value) >= VALUE_LIMIT for value in values):
        raise GivenError("values", f"Values lie strictly between ±{VALUE_LIMIT}.")
    return np.array([NO_VALUE if value is None else value for value in values], np.int64)


def stored_at(series: Series, at: Ints, *, now: datetime, as_of: datetime | None = None) -> Slots:
    """What is stored at these instants, or was at `as_of`."""
    start, end = to_instant(int(at[0])), to_instant(int(at[-1]) + 1)
    found = read_slots(series, start, end, now=now, as_of=as_of).at_instants(at)
    return Slots(series.pk, at, found.values, found.quality, found.status, series.interval_s)
