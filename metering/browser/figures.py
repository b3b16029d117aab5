"""A period of one series in a few figures: total, extremes, how complete, which qualities, where the gaps are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.urls import reverse

from aim.web.charts import ChartQuality
from metering.browser.links import Links
from metering.browser.period import Scale, whole
from metering.browser.readings import Frame, Ints, Readings
from metering.browser.selection import labels
from metering.display import number, quality_of, shown_exponent, shown_unit
from metering.intervals import to_instant
from metering.models import Series
from metering.quality import Quality
from metering.services.editing import refusal_of

MOST_GAPS = 5
_GOOD = (Quality.MEASURED, Quality.VERIFIED, Quality.MISSING)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name, and when it was measured."""

    label: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of missing values, `end` excluded, both local; `query` opens the day it begins on."""

    start: datetime
    end: datetime
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class SeriesFigures:
    """One series over the period. `key` is its colour in the chart; `percent` is None where nothing is expected.

    `edit_url` leads to the table in edit mode; where it is empty, `refusal` says why.
    """

    series: Series
    key: int
    label: str
    unit: str
    figures: Sequence[Figure]
    present: int
    expected: int
    missing: int
    awaited: int
    qualities: Sequence[tuple[int, ChartQuality]]
    gaps: Sequence[Gap]
    more_gaps: int
    remove_query: str
    edit_url: str
    refusal: str

    @property
    def percent(self) -> float | None:
        """Completeness, rounded down so that 100 means complete."""
        return None if not self.expected else (self.expected - self.missing) * 1000 // self.expected / 10


def figures(frame: Frame, links: Links) -> list[SeriesFigures]:
    """The figures of every series of the frame."""
    names = labels([each.series for each in frame.readings])
    return [_figures(each, n + 1, names[n], links) for n, each in enumerate(frame.readings)]


def _figures(readings: Readings, key: int, label: str, links: Links) -> SeriesFigures:
    zone, gaps, refusal = links.period.zone, _gaps(readings), refusal_of(readings.series)
    return SeriesFigures(
        readings.series, key, label, shown_unit(readings.series), _of_kind(readings, zone),
        present=int(readings.present.sum()),
        expected=int((readings.expected | readings.present).sum()),
        missing=int(readings.missing.sum()),
        awaited=int(readings.awaited.sum()),
        qualities=_qualities(readings),
        gaps=[_gap(*gap, links) for gap in gaps[:MOST_GAPS]],
        remove_query=links.without_series(readings.series),
        more_gaps=max(len(gaps) - MOST_GAPS, 0),
        edit_url="" if refusal else reverse("metering:values") + links.but(edit=key),
        refusal=refusal,
    )  # fmt: skip


def _of_kind(readings: Readings, zone: ZoneInfo) -> list[Figure]:
    """Total and peak of consumption, first and last stand with their difference, extremes of instantaneous values."""
    places = np.flatnonzero(readings.present)
    if not len(places):
        return []
    values, at = readings.values[places], readings.at[places]
    match readings.series.kind:
        case Series.Kind.CONSUMPTION:
            total = Figure("Total", number(int(values.sum()), shown_exponent(readings.series)))
            return [total, _extreme("Highest", readings, values, at, zone, int(values.argmax()))]
        case Series.Kind.STAND:
            difference = Figure("Difference", number(int(values[-1] - values[0]), shown_exponent(readings.series)))
            first = _extreme("First", readings, values, at, zone, 0)
            return [difference, first, _extreme("Last", readings, values, at, zone, -1)]
    low = _extreme("Lowest", readings, values, at, zone, int(values.argmin()))
    return [low, _extreme("Highest", readings, values, at, zone, int(values.argmax()))]


def _extreme(label: str, readings: Readings, values: Ints, at: Ints, zone: ZoneInfo, index: int) -> Figure:
    text = number(int(values[index]), shown_exponent(readings.series))
    return Figure(label, text, to_instant(int(at[index])).astimezone(zone))


def _qualities(readings: Readings) -> list[tuple[int, ChartQuality]]:
    """How often each quality other than good occurs, without the missing ones."""
    codes, counts = np.unique(readings.quality, return_counts=True)
    pairs = zip(codes.tolist(), counts.tolist(), strict=True)
    return [(count, quality_of(code)) for code, count in pairs if code not in _GOOD]


def _gaps(readings: Readings) -> list[tuple[int, int, int]]:
    """Runs of missing slots as (start, end, count): where "missing" switches on and off, padded with "not missing"."""
    if not readings.step_s:
        return []
    steps = np.diff(np.concatenate(([0], readings.missing.astype(np.int8), [0])))
    first, after = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    edges = zip(readings.at[first].tolist(), (after - first).tolist(), strict=True)
    return [(at, at + count * readings.step_s, count) for at, count in edges]


def _gap(start: int, end: int, count: int, links: Links) -> Gap:
    local_start, local_end = (to_instant(edge).astimezone(links.period.zone) for edge in (start, end))
    day = whole(Scale.DAY, local_start.date(), links.period.zone)
    return Gap(local_start, local_end, count, links.to(day))
