"""The table beside the chart: single values for days, local days for months, months for years; sums are exact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

import numpy as np

from metering.browser import hours
from metering.browser.cells import Row, Section, day_section, hours_of, instants
from metering.browser.compared import Head, Shown, side_by_side, value_heads
from metering.browser.links import Links
from metering.browser.notes import Note, noted
from metering.browser.options import Sums
from metering.browser.period import Scale
from metering.browser.readings import Ints
from metering.browser.sums import sections, spread_heads, spread_shown, total_row, totalled
from metering.intervals import to_instant

MOST_DAYS_OF_VALUES = 8
MOST_ROWS_OF_VALUES = 3000
MOST_DAYS_OF_DAYS = 93


class Resolution(StrEnum):
    VALUES = "values"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_ASKED = {
    Sums.DAY: Resolution.DAYS,
    Sums.WEEK: Resolution.WEEKS,
    Sums.MONTH: Resolution.MONTHS,
    Sums.YEAR: Resolution.YEARS,
}
_SCALES = {
    Resolution.DAYS: Scale.DAY,
    Resolution.WEEKS: Scale.WEEK,
    Resolution.MONTHS: Scale.MONTH,
    Resolution.YEARS: Scale.YEAR,
}
_CORNERS = {Resolution.DAYS: "Day", Resolution.WEEKS: "Week", Resolution.MONTHS: "Month", Resolution.YEARS: "Year"}
_TITLES = {
    Resolution.DAYS: "Local days", Resolution.WEEKS: "Weeks", Resolution.MONTHS: "Months", Resolution.YEARS: "Years",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ValueTable:
    """`corner` heads the first column. HOURS holds single values too, a row per hour."""

    resolution: Resolution
    corner: str
    heads: Sequence[Head]
    sections: Sequence[Section]
    total: Row | None = None

    @property
    def empty(self) -> bool:
        return not any(section.rows for section in self.sections)

    @property
    def single(self) -> bool:
        """Whether cells are stored values, whose versions can be opened."""
        return self.resolution in (Resolution.VALUES, Resolution.HOURS)

    @property
    def sums(self) -> Sums:
        """What a row stands for, as the URL names it."""
        return next((asked for asked, resolution in _ASKED.items() if resolution == self.resolution), Sums.VALUES)

    @property
    def title(self) -> str:
        return _TITLES.get(self.resolution, "Single values")

    @property
    def width(self) -> int:
        return len(self.heads) + 1


def table(columns: Sequence[Shown], links: Links, notes: Sequence[Note] = ()) -> ValueTable:
    """The table of the chosen series, at the resolution asked for or fitting the length. The future is left out."""
    resolution = resolution_for(columns, links)
    if resolution == Resolution.HOURS:
        shown = columns[0]
        heads = [Head(text) for text in hours.headings(shown.readings)]
        found = list(hours.sections(shown.readings, links.period, links, notes))
        total = _total(found, columns, len(heads) - 1) if hours.summed(shown.readings) else None
        return ValueTable(resolution, "Hour", heads, found, total)
    if resolution == Resolution.VALUES:
        found = list(_value_sections(columns, links, notes))
        return ValueTable(resolution, "From", value_heads(columns), found, _total(found, columns))
    heads = spread_heads(columns[0]) if spread_shown(columns) else value_heads(columns)
    found = sections(columns, _SCALES[resolution], links)
    total = _total(found, columns, spread=spread_shown(columns))
    return ValueTable(resolution, _CORNERS[resolution], heads, found, total)


def _total(found: Sequence[Section], columns: Sequence[Shown], padding: int = 0, *, spread: bool = False) -> Row | None:
    """The row of the whole period, where it adds something."""
    rows = [row for section in found for row in section.rows]
    return total_row(columns, padding=padding, spread=spread) if totalled(columns, rows) else None


def resolution_for(columns: Sequence[Shown], links: Links) -> Resolution:
    """What is asked for where it can be shown; else values up to eight days (longer where all series are sparse), days
    up to three months, then months."""
    asked, days = links.options.sums, links.period.days
    if asked in _ASKED:
        return _ASKED[asked]
    if listable(columns, links) and (days <= MOST_DAYS_OF_VALUES or asked == Sums.VALUES or _most(columns) <= days):
        return Resolution.HOURS if hours.fits(columns) else Resolution.VALUES
    return Resolution.DAYS if days <= MOST_DAYS_OF_DAYS else Resolution.MONTHS


def listable(columns: Sequence[Shown], links: Links) -> bool:
    """Whether single values can be listed: few enough of them, or no more than days."""
    return _most(columns) <= max(MOST_ROWS_OF_VALUES, links.period.days)


def _most(columns: Sequence[Shown]) -> int:
    return max((len(each.readings.at) for each in columns), default=0)


def _value_sections(columns: Sequence[Shown], links: Links, notes: Sequence[Note]) -> Iterator[Section]:
    """One section per local day, a row per instant at which a series has a value or should have one."""
    zone = links.period.zone
    at = _instants(columns)
    times = [to_instant(second).astimezone(zone) for second in at.tolist()]
    parts = [noted(column.values(at), at, column.readings, notes) for column in columns]
    rows = zip(times, side_by_side(parts), strict=True)
    for day, group in groupby(rows, key=lambda row: row[0].date()):
        zone_shown = hours_of(day, links.period) != 24
        found = [Row(_time(local, zone_shown), cells) for local, cells in group]
        yield day_section(found, day, links.period, links)


def _instants(columns: Sequence[Shown]) -> Ints:
    """Every instant worth a row: in a series, or where the period it is compared with has a value then."""
    own = instants([column.readings for column in columns])
    beside = [column.readings.at[_answered(column)] for column in columns if column.other]
    return np.unique(np.concatenate([own, *beside]))


def _answered(column: Shown) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    assert column.other is not None
    there = column.other.readings
    found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = np.isin(
        column.counterparts(column.readings.at), there.at[there.present]
    )
    return found


def _time(local: datetime, zone_shown: bool) -> str:
    return f"{local:%H:%M %Z}" if zone_shown else f"{local:%H:%M}"
