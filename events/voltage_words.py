"""Voltage figures as screens show them: shares in words and tones, bars of days, ranges against the band."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from aim.web.svg import WIDTH, Bar, Point, bars
from aim.web.tones import State, Tone
from events.voltage import Figures, Voltages
from events.voltage_bands import Band

MOST_BANDS = 3
SEVERE = 0.05
"""EN 50160 wants 95 % of a week inside of the band."""
_FROM, _TO = 180 / 230, 280 / 230
"""What ranges show, of nominal: 180 to 280 V where that is 230 V."""


@dataclass(frozen=True, slots=True)
class Words:
    """One cell of figures. `share` and `range` are empty where there is no voltage."""

    share: str
    range: str
    tone: Tone
    interrupted: int

    @property
    def badge(self) -> State:
        """The share with its tone."""
        return State(self.share, self.tone)


@dataclass(frozen=True, slots=True)
class Range:
    """From the lowest to the highest voltage, and the band, in a box `WIDTH` wide that shows 78 to 122 % of nominal."""

    x: float
    width: float
    band_x: float
    band_width: float


def days_between(first: date, last: date) -> list[date]:
    """All days from the first to the last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def words_of(figures: Figures, *at: int) -> Words:
    """The figures of one cell: `12.5 %`, `199.9 – 254.0 V`."""
    interrupted = int(figures.interrupted[at])
    if not figures.values[at]:
        return Words("", "", "muted", interrupted)
    share = float(figures.share[at])
    span = f"{figures.lowest[at]:.1f} – {figures.highest[at]:.1f} V"
    return Words(percent(share), span, tone_of(share), interrupted)


def percent(share: float) -> str:
    """`0 %`, `< 0.1 %`, `3.4 %`: what is not zero never looks like it."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return "0 %" if share == 0 else f"{100 * share:.1f} %"


def tone_of(share: float) -> Tone:
    """Whether a share outside is none, some, or more than EN 50160 allows."""
    return "bad" if share > SEVERE else "warn" if share > 0 else "ok"


def bars_of(found: Voltages) -> list[Bar]:
    """The share outside day by day, all points together."""
    return bars(_points(found.days, found.by_day), maximum=max(0.1, float(np.nanmax([0.0, *found.by_day.share]))))


def range_of(found: Voltages, row: int) -> Range | None:
    """Where the voltage of a point lay; None where there is none."""
    band, figures = found.bands[row], found.by_point
    low, high = float(figures.lowest[row]), float(figures.highest[row])
    if np.isnan(low):
        return None
    x, end, least, greatest = (_drawn(float(volts), band) for volts in (low, high, band.least, band.greatest))
    return Range(round(min(x, WIDTH - 1), 1), round(max(end - x, 1.0), 1), round(least, 1), round(greatest - least, 1))


def bands_in_words(found: Voltages) -> str:
    """The bands of the points, those of most points first, at most three; empty where there are no points."""
    counted = Counter(map(str, found.bands)).most_common()
    more = f" and {len(counted) - MOST_BANDS} more" if len(counted) > MOST_BANDS else ""
    return ", ".join(words for words, _ in counted[:MOST_BANDS]) + more


def _drawn(volts: float, band: Band) -> float:
    """Where a voltage lies in the box."""
    return min(max((volts / float(band.nominal) - _FROM) / (_TO - _FROM), 0.0), 1.0) * WIDTH


def _points(days: Sequence[date], figures: Figures) -> list[Point]:
    points = []
    for number, day in enumerate(days):
        words = words_of(figures, number)
        share = float(figures.share[number]) if words.share else None
        text = f"{words.share} outside, {words.range}" if words.share else "no values"
        points.append(Point(share, f"{day:%a} {day.day} {day:%b}", text, words.tone if share else ""))
    return points
