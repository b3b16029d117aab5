"""The newest value of every series of a metering point."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from aim.web.charts import ChartQuality
from metering.browser.links import Links
from metering.browser.period import Period, Scale, whole
from metering.browser.readings import Readings, read
from metering.browser.selection import labels
from metering.display import number, quality_of, shown_exponent, shown_unit
from metering.intervals import to_instant, to_seconds
from metering.models import Series
from metering.quality import Quality

# What is older is not called the latest any more: the meter has been silent too long.
WINDOW = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of a series; `text` and `at` are None where the window holds none. `query` opens its day."""

    series: Series
    label: str
    unit: str
    text: str | None
    at: datetime | None
    quality: ChartQuality | None
    query: str


def latest(series: Sequence[Series], zone: ZoneInfo, now: datetime) -> list[Latest]:
    """One row per series, in their order."""
    return latest_of(read(series, Period(Scale.FREE, now - WINDOW, now, zone), now).readings, zone, now)


def latest_of(found: Sequence[Readings], zone: ZoneInfo, now: datetime) -> list[Latest]:
    """The same from readings that reach back at least as far as `WINDOW`."""
    names = labels([readings.series for readings in found])
    return [_latest(readings, name, zone, now) for readings, name in zip(found, names, strict=True)]


def _latest(readings: Readings, label: str, zone: ZoneInfo, now: datetime) -> Latest:
    series = readings.series
    places = np.flatnonzero(readings.present & (readings.at >= to_seconds(now - WINDOW)))
    if not len(places):
        return Latest(series, label, shown_unit(series), None, None, None, _day(series, now, zone))
    at = to_instant(int(readings.at[places[-1]]))
    code = int(readings.quality[places[-1]])
    text = number(int(readings.values[places[-1]]), shown_exponent(series))
    quality = None if code == Quality.MEASURED else quality_of(code)
    return Latest(series, label, shown_unit(series), text, at, quality, _day(series, at, zone))


def _day(series: Series, at: datetime, zone: ZoneInfo) -> str:
    scale = Scale.DAY if series.is_profile else Scale.MONTH
    return Links((series.pk,), whole(scale, at.astimezone(zone).date(), zone)).here
