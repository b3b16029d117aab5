"""The table beside the chart: single values for days, local days for months, months for years; sums are exact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

import numpy as np
from django.urls import reverse

from aim.web.charts import ChartQuality
from metering.browser.buckets import Buckets, day_edges, gather, month_edges
from metering.browser.links import Links
from metering.browser.period import Period, Scale, whole
from metering.browser.readings import Frame, Ints, Readings
from metering.display import number, quality_of, shown_exponent
from metering.intervals import to_instant
from metering.quality import Quality
from metering.store import NO_VALUE

MOST_DAYS_OF_VALUES = 8
MOST_ROWS_OF_VALUES = 3000
MOST_DAYS_OF_DAYS = 93


class Resolution(StrEnum):
    VALUES = "values"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as shown. `url` opens its versions; `quality` is None for a good one; `note` counts what lacks."""

    text: str
    url: str = ""
    quality: ChartQuality | None = None
    note: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: Sequence[Cell]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one local day, with its length where that is not 24 hours; or all rows, without a heading."""

    rows: Sequence[Row]
    label: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ValueTable:
    resolution: Resolution
    sections: Sequence[Section]

    @property
    def empty(self) -> bool:
        return not any(section.rows for section in self.sections)


def table(frame: Frame, links: Links) -> ValueTable:
    """The table of a frame, at the resolution that fits its length. Rows in the future are left out."""
    resolution = resolution_for(frame)
    if resolution == Resolution.VALUES:
        return ValueTable(resolution, list(_value_sections(frame, links)))
    scale, edges_of = (Scale.DAY, day_edges) if resolution == Resolution.DAYS else (Scale.MONTH, month_edges)
    edges = edges_of(frame.period.first, frame.period.last, frame.period.zone)
    columns = [gather(each, edges) for each in frame.readings]
    rows = [_bucket_row(frame, columns, edges, k, links, scale) for k in _with_something(columns)]
    return ValueTable(resolution, [Section(rows)])


def resolution_for(frame: Frame) -> Resolution:
    """Values up to eight days (longer where all series are sparse), days up to three months, then months."""
    days, values = frame.period.days, max((len(each.at) for each in frame.readings), default=0)
    if (days <= MOST_DAYS_OF_VALUES and values <= MOST_ROWS_OF_VALUES) or values <= days:
        return Resolution.VALUES
    return Resolution.DAYS if days <= MOST_DAYS_OF_DAYS else Resolution.MONTHS


def _with_something(columns: Sequence[Buckets]) -> list[int]:
    """The buckets in which a value exists or should."""
    counts = sum((each.expected + each.present for each in columns), np.zeros(1, np.int64))
    return np.flatnonzero(counts).tolist()


def _bucket_row(frame: Frame, columns: Sequence[Buckets], edges: Ints, k: int, links: Links, scale: Scale) -> Row:
    first = to_instant(int(edges[k])).astimezone(frame.period.zone).date()
    pairs = zip(frame.readings, columns, strict=True)
    cells = [_bucket_cell(readings, column, k) for readings, column in pairs]
    label = f"{first:%a} {first.day} {first:%b %Y}" if scale == Scale.DAY else f"{first:%B %Y}"
    return Row(label, cells, links.to(whole(scale, first, frame.period.zone)))


def _bucket_cell(readings: Readings, column: Buckets, k: int) -> Cell:
    value, missing = int(column.values[k]), int(column.missing[k])
    exponent = shown_exponent(readings.series) + column.exponent - readings.series.exponent
    counts = ((missing, "missing"), (int(column.suspect[k]), "suspect"), (int(column.estimated[k]), "estimated"))
    note = ", ".join(f"{count} {word}" for count, word in counts if count)
    return Cell(number(value, exponent), "", _mark(int(column.quality[k])), note, value == NO_VALUE and missing > 0)


def _mark(code: int) -> ChartQuality | None:
    return None if code in (Quality.MEASURED, Quality.MISSING) else quality_of(code)


def _value_sections(frame: Frame, links: Links) -> Iterator[Section]:
    """One section per local day, a row per instant at which a series has a value or should have one."""
    at = _instants(frame.readings)
    locals_ = [to_instant(second).astimezone(frame.period.zone) for second in at.tolist()]
    columns = [_column(each, at) for each in frame.readings]
    rows = zip(locals_, zip(*columns, strict=True), strict=True)
    for day, group in groupby(rows, key=lambda row: row[0].date()):
        zone_shown = _hours(day, frame.period) != 24
        found = [Row(_time(local, zone_shown), cells) for local, cells in group]
        yield Section(found, *_heading(day, frame.period, links))


def _instants(readings: Sequence[Readings]) -> Ints:
    """Every instant worth a row, ascending."""
    parts = [each.at[each.present | each.expected | (each.quality == Quality.DELETED)] for each in readings]
    return np.unique(np.concatenate(parts)) if parts else np.array([], np.int64)


def _column(readings: Readings, at: Ints) -> list[Cell]:
    """A cell of this series for each instant of `at`."""
    exponent, base = shown_exponent(readings.series), versions_base(readings.series.pk)
    known: dict[int, Cell] = {}
    columns = (readings.at, readings.values, readings.quality, readings.missing)
    for second, value, code, missing in zip(*(column.tolist() for column in columns), strict=True):
        known[second] = _value_cell(value, code, missing, exponent, base, second)
    return [known.get(second, _NOTHING) for second in at.tolist()]


_NOTHING = Cell("")


def _value_cell(value: int, code: int, missing: bool, exponent: int, base: str, second: int) -> Cell:
    if value == NO_VALUE and code == Quality.MISSING:
        return Cell("–", missing=True) if missing else _NOTHING
    return Cell(number(value, exponent), f"{base}{utc_text(second)}/", _mark(code))


def versions_base(series: int) -> str:
    """The address of the versions of a value of `series`, up to its instant."""
    return reverse("metering:value", args=[series, "-"]).removesuffix("-/")


def utc_text(second: int) -> str:
    """`2026-11-20T14:15:00Z`: an instant as it stands in the address of a value."""
    return f"{to_instant(second):%Y-%m-%dT%H:%M:%SZ}"


def _time(local: datetime, zone_shown: bool) -> str:
    return f"{local:%H:%M %Z}" if zone_shown else f"{local:%H:%M}"


def _heading(day: date, period: Period, links: Links) -> tuple[str, str]:
    """The day's name and link; none where the period is that one day of 24 hours."""
    hours = _hours(day, period)
    if period.days == 1 and hours == 24:
        return "", ""
    name = f"{day:%A} {day.day} {day:%B %Y}" + (f", {hours:g} hours" if hours != 24 else "")
    return name, links.to(whole(Scale.DAY, day, period.zone))


def _hours(day: date, period: Period) -> float:
    one = whole(Scale.DAY, day, period.zone)
    return (one.end - one.start) / timedelta(hours=1)
