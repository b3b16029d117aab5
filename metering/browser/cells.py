"""The pieces of the table: a value with its quality and the way to its versions, rows, and days as sections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.urls import reverse

from aim.web.charts import ChartQuality
from metering.browser.buckets import Buckets
from metering.browser.links import Links
from metering.browser.period import Period, Scale, whole
from metering.browser.readings import Ints, Readings
from metering.display import number, quality_of, shown_exponent
from metering.intervals import to_instant
from metering.quality import Quality
from metering.store import NO_VALUE


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as shown. `url` opens its versions; `quality` is None for a good one; `note` counts what lacks;
    `comments` are the numbers of the comments that begin here."""

    text: str
    url: str = ""
    quality: ChartQuality | None = None
    note: str = ""
    missing: bool = False
    comments: Sequence[int] = ()

    @property
    def plain(self) -> bool:
        """A good value or nothing at all, as almost every cell is: drawn without asking further."""
        return self.quality is None and not self.note and not self.missing and not self.comments


NOTHING = Cell("")


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


def value_cells(readings: Readings, at: Ints) -> list[Cell]:
    """A cell of this series for each instant of `at`; `NOTHING` where nothing is, or is not due."""
    exponent, base = shown_exponent(readings.series), versions_base(readings.series.pk)
    known: dict[int, Cell] = {}
    columns = (readings.at, readings.values, readings.quality, readings.missing)
    for second, value, code, missing in zip(*(column.tolist() for column in columns), strict=True):
        known[second] = _value_cell(value, code, missing, exponent, base, second)
    return [known.get(second, NOTHING) for second in at.tolist()]


def bucket_cell(readings: Readings, column: Buckets, k: int) -> Cell:
    """The cell of bucket `k`: its sum, stand or mean, with what lacks counted beside it."""
    value, missing = int(column.values[k]), int(column.missing[k])
    exponent = shown_exponent(readings.series) + column.exponent - readings.series.exponent
    counts = ((missing, "missing"), (int(column.suspect[k]), "suspect"), (int(column.estimated[k]), "estimated"))
    note = ", ".join(f"{count} {word}" for count, word in counts if count)
    return Cell(number(value, exponent), "", _mark(int(column.quality[k])), note, value == NO_VALUE and missing > 0)


def difference_cell(one: int, other: int, exponent: int) -> Cell:
    """`one` minus `other` with its sign, integers of 10^`exponent`; nothing where either is missing."""
    if NO_VALUE in (one, other):
        return NOTHING
    return Cell(("+" if one > other else "") + number(one - other, exponent))


def instants(readings: Sequence[Readings]) -> Ints:
    """Every instant worth a row: where a value is, should be, or was deleted; ascending."""
    parts = [each.at[each.present | each.expected | (each.quality == Quality.DELETED)] for each in readings]
    return np.unique(np.concatenate(parts)) if parts else np.array([], np.int64)


def day_section(rows: Sequence[Row], day: date, period: Period, links: Links) -> Section:
    """The rows of a local day; without heading where the period is that one day of 24 hours."""
    hours = hours_of(day, period)
    if period.days == 1 and hours == 24:
        return Section(rows)
    return Section(rows, day_name(day, hours), links.single(whole(Scale.DAY, day, period.zone)))


def day_name(day: date, hours: float) -> str:
    """`Sunday 25 October 2026, 25 hours`; the length only where it is not the usual one."""
    return f"{day:%A} {day.day} {day:%B %Y}" + (f", {hours:g} hours" if hours != 24 else "")


def hours_of(day: date, period: Period) -> float:
    """The length of a local day."""
    one = whole(Scale.DAY, day, period.zone)
    return (one.end - one.start) / timedelta(hours=1)


def versions_base(series: int) -> str:
    """The address of the versions of a value of `series`, up to its instant."""
    return reverse("metering:value", args=[series, "-"]).removesuffix("-/")


def _value_cell(value: int, code: int, missing: bool, exponent: int, base: str, second: int) -> Cell:
    if value == NO_VALUE and code == Quality.MISSING:
        return Cell("–", missing=True) if missing else NOTHING
    return Cell(number(value, exponent), f"{base}{to_instant(second):%Y-%m-%dT%H:%M:%SZ}/", _mark(code))


def _mark(code: int) -> ChartQuality | None:
    return None if code in (Quality.MEASURED, Quality.MISSING) else quality_of(code)
