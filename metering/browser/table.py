"""The table beside the chart: single values for days, local days for months, months for years; sums are exact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

import numpy as np

from metering.browser import hours
from metering.browser.buckets import Buckets, day_edges, gather, month_edges
from metering.browser.cells import Row, Section, bucket_cell, day_section, hours_of, instants, value_cells
from metering.browser.links import Links
from metering.browser.period import Scale, whole
from metering.browser.readings import Frame, Ints
from metering.browser.selection import labels
from metering.display import shown_unit
from metering.intervals import to_instant

MOST_DAYS_OF_VALUES = 8
MOST_ROWS_OF_VALUES = 3000
MOST_DAYS_OF_DAYS = 93


class Resolution(StrEnum):
    VALUES = "values"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Head:
    """A column heading; `key` is the colour of its series in the chart, 0 for none."""

    label: str
    key: int = 0


@dataclass(frozen=True, slots=True)
class ValueTable:
    """`corner` heads the first column. HOURS holds single values too, a row per hour."""

    resolution: Resolution
    corner: str
    heads: Sequence[Head]
    sections: Sequence[Section]

    @property
    def empty(self) -> bool:
        return not any(section.rows for section in self.sections)

    @property
    def single(self) -> bool:
        """Whether cells are stored values, whose versions can be opened."""
        return self.resolution in (Resolution.VALUES, Resolution.HOURS)

    @property
    def width(self) -> int:
        return len(self.heads) + 1


def table(frame: Frame, links: Links) -> ValueTable:
    """The table of a frame, at the resolution that fits its length. Rows in the future are left out."""
    resolution = resolution_for(frame)
    if resolution == Resolution.HOURS:
        readings = frame.readings[0]
        heads = [Head(text) for text in hours.headings(readings)]
        return ValueTable(resolution, "Hour", heads, list(hours.sections(readings, frame.period, links)))
    if resolution == Resolution.VALUES:
        return ValueTable(resolution, "From", _heads(frame), list(_value_sections(frame, links)))
    return _bucket_table(frame, links, resolution)


def resolution_for(frame: Frame) -> Resolution:
    """Values up to eight days (longer where all series are sparse), days up to three months, then months."""
    days, values = frame.period.days, max((len(each.at) for each in frame.readings), default=0)
    if (days <= MOST_DAYS_OF_VALUES and values <= MOST_ROWS_OF_VALUES) or values <= days:
        return Resolution.HOURS if hours.fits(frame) else Resolution.VALUES
    return Resolution.DAYS if days <= MOST_DAYS_OF_DAYS else Resolution.MONTHS


def _heads(frame: Frame) -> list[Head]:
    names = labels([each.series for each in frame.readings])
    units = [shown_unit(each.series) for each in frame.readings]
    pairs = enumerate(zip(names, units, strict=True), start=1)
    return [Head(f"{name} ({unit})" if unit else name, key) for key, (name, unit) in pairs]


def _value_sections(frame: Frame, links: Links) -> Iterator[Section]:
    """One section per local day, a row per instant at which a series has a value or should have one."""
    at = instants(frame.readings)
    times = [to_instant(second).astimezone(frame.period.zone) for second in at.tolist()]
    columns = [value_cells(each, at) for each in frame.readings]
    rows = zip(times, zip(*columns, strict=True), strict=True)
    for day, group in groupby(rows, key=lambda row: row[0].date()):
        zone_shown = hours_of(day, frame.period) != 24
        found = [Row(_time(local, zone_shown), cells) for local, cells in group]
        yield day_section(found, day, frame.period, links)


def _time(local: datetime, zone_shown: bool) -> str:
    return f"{local:%H:%M %Z}" if zone_shown else f"{local:%H:%M}"


def _bucket_table(frame: Frame, links: Links, resolution: Resolution) -> ValueTable:
    days = resolution == Resolution.DAYS
    edges = (day_edges if days else month_edges)(frame.period.first, frame.period.last, frame.period.zone)
    columns = [gather(each, edges) for each in frame.readings]
    scale = Scale.DAY if days else Scale.MONTH
    rows = [_bucket_row(frame, columns, edges, k, links, scale) for k in _with_something(columns)]
    return ValueTable(resolution, "Day" if days else "Month", _heads(frame), [Section(rows)])


def _with_something(columns: Sequence[Buckets]) -> list[int]:
    """The buckets in which a value exists or should."""
    counts = sum((each.expected + each.present for each in columns), np.zeros(1, np.int64))
    return np.flatnonzero(counts).tolist()


def _bucket_row(frame: Frame, columns: Sequence[Buckets], edges: Ints, k: int, links: Links, scale: Scale) -> Row:
    first = to_instant(int(edges[k])).astimezone(frame.period.zone).date()
    cells = [bucket_cell(each, column, k) for each, column in zip(frame.readings, columns, strict=True)]
    label = f"{first:%a} {first.day} {first:%b %Y}" if scale == Scale.DAY else f"{first:%B %Y}"
    return Row(label, cells, links.to(whole(scale, first, frame.period.zone)))
