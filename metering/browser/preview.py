"""A proposed change beside what is stored: sums, rows and the curve after it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from metering.browser.readings import Readings
from metering.display import number, quality_of, shown_exponent
from metering.intervals import to_instant
from metering.models import Series
from metering.quality import Quality
from metering.services.editing import Change, Slots
from metering.services.editing.stands import Difference
from metering.store import NO_VALUE

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A value before and after; `meanwhile` says what the reader saw, where that was something else."""

    time: datetime
    before: str
    before_quality: str
    after: str
    after_quality: str
    meanwhile: str


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    before: str
    after: str
    difference: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """`change` of the slots `before` of one series. `seen`: what the reader saw, by instant, where it changed since."""

    series: Series
    zone: ZoneInfo
    before: Slots
    change: Change
    registers: Difference | None
    seen: Mapping[int, str]

    @property
    def count(self) -> int:
        return self.change.count

    @property
    def more_rows(self) -> int:
        return max(self.count - MOST_ROWS, 0)

    @property
    def rows(self) -> list[Row]:
        """The values that change, at most `MOST_ROWS`."""
        return [self._row(place) for place in np.flatnonzero(self.change.given)[:MOST_ROWS].tolist()]

    @property
    def figures(self) -> list[Figure]:
        """The sum, how far it is off the registers, and the number of values; before and after."""
        after = self.change.values != NO_VALUE
        counts = Figure("Values", str(int(self.before.present.sum())), str(int(after.sum())))
        if self.series.kind != Series.Kind.CONSUMPTION:
            return [counts]
        old, new = int(self.before.values[self.before.present].sum()), self.change.total
        sums = Figure("Sum", self._text(old), self._text(new), self._signed(new - old))
        if self.registers is None:
            return [sums, counts]
        off = [self._signed(total - self.registers.total) for total in (old, new)]
        return [sums, Figure("Sum minus registers", *off), counts]

    def laid_into(self, readings: Readings) -> Readings:
        """The readings of a period around, with the change in them."""
        places = np.searchsorted(readings.at, self.before.at[self.change.given])
        values, quality = readings.values.copy(), readings.quality.copy()
        values[places] = self.change.values[self.change.given]
        quality[places] = self.change.quality[self.change.given]
        return replace(readings, values=values, quality=quality)

    def _row(self, place: int) -> Row:
        second = int(self.before.at[place])
        return Row(
            to_instant(second).astimezone(self.zone),
            self._text(int(self.before.values[place])),
            quality_words(int(self.before.quality[place])),
            self._text(int(self.change.values[place])),
            quality_words(int(self.change.quality[place])),
            self.seen.get(second, ""),
        )

    def _text(self, value: int) -> str:
        return number(value, shown_exponent(self.series))

    def _signed(self, value: int) -> str:
        return ("+" if value > 0 else "") + self._text(value)


def quality_words(code: int) -> str:
    """A quality code in lower case; `no value` where nothing is stored."""
    return "no value" if code == Quality.MISSING else quality_of(code).label.lower()


def seen_words(series: Series, seen: Slots, now: Slots) -> dict[int, str]:
    """What was seen, by instant, where something else is stored now."""
    places = np.flatnonzero(now.differs_from(seen)).tolist()
    texts = [number(int(seen.values[k]), shown_exponent(series)) for k in places]
    codes = [quality_words(int(seen.quality[k])) for k in places]
    return {int(seen.at[k]): f"{text}, {code}" for k, text, code in zip(places, texts, codes, strict=True)}
