"""The chosen values as a file: a row per instant, three columns per series, streamed month by month.

Times stand twice: local with the offset, and UTC, so that the hour that comes twice in autumn is told apart. Values are
exact decimals in the unit of the heading. The same series, period and unit as on the screen.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import numpy as np
from django.http import StreamingHttpResponse

from aim.web.export import safe
from metering.browser.period import Period, Scale
from metering.browser.readings import Ints, Readings, read
from metering.browser.selection import labels
from metering.display import exact, quality_of, shown_exponent, shown_unit
from metering.intervals import to_instant
from metering.models import Series
from metering.quality import Quality

_DAYS_AT_A_TIME = 31


def csv_response(series: Sequence[Series], period: Period, now: datetime) -> StreamingHttpResponse:
    """A CSV attachment named after the metering point and the days."""
    points = {each.metering_point.gsrn for each in series}
    name = points.pop() if len(points) == 1 else "values"
    return StreamingHttpResponse(
        csv_lines(series, period, now),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{period.first}-{period.last}.csv"',
            "X-Accel-Buffering": "no",
        },
    )


def csv_lines(series: Sequence[Series], period: Period, now: datetime) -> Iterator[str]:
    """The byte-order mark with the headings, then rows; every slot that should have a value by now has a row."""
    yield "\ufeff" + _lines([["Local time", "UTC", *_headings(series)]])
    for part in _parts(period):
        frame = read(series, part, now)
        yield _lines(_rows(frame.readings, period.zone))


def _headings(series: Sequence[Series]) -> Iterator[str]:
    for each, label in zip(series, labels(series), strict=True):
        unit = shown_unit(each)
        yield safe(f"{label} ({unit})" if unit else label)
        yield "Quality"
        yield "Status"


def _parts(period: Period) -> Iterator[Period]:
    start, step = period.start, timedelta(days=_DAYS_AT_A_TIME)
    while start < period.end:
        yield Period(Scale.FREE, start, min(start + step, period.end), period.zone)
        start += step


def _rows(readings: Sequence[Readings], zone: ZoneInfo) -> Iterator[list[str]]:
    at = np.unique(np.concatenate([each.at[each.present | each.expected] for each in readings]))
    columns = [_cells(each, at) for each in readings]
    for row, (local, utc) in enumerate(zip(*_times(at, zone), strict=True)):
        yield [local, utc, *(cell for column in columns for cell in column[row])]


def _times(at: Ints, zone: ZoneInfo) -> tuple[list[str], list[str]]:
    """Every instant as local ISO 8601 with offset, and in UTC."""
    instants = [to_instant(second) for second in at.tolist()]
    return [each.astimezone(zone).isoformat() for each in instants], [f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in instants]


def _cells(readings: Readings, at: Ints) -> list[tuple[str, str, str]]:
    """Value, quality and status word of one series for each instant of `at`; empty where it has no slot there."""
    exponent = shown_exponent(readings.series)
    names = {code: quality_of(code).label.lower() for code in np.unique(readings.quality).tolist()}
    names[int(Quality.MISSING)] = "missing"
    columns = (readings.at, readings.values, readings.quality, readings.status)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    known = {
        second: (exact(value, exponent), names[code], str(word) if word else "") for second, value, code, word in rows
    }
    return [known.get(second, ("", "", "")) for second in at.tolist()]


def _lines(rows: Iterator[list[str]] | list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
