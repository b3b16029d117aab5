"""The chosen values as a file: a row per instant, columns per series, streamed month by month; or their sums.

Times stand twice: local with the offset, and UTC, so that the hour that comes twice in autumn is told apart. Values are
exact decimals in the unit of the heading. The same series, period, rows and unit as on the screen.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import numpy as np
from django.http import StreamingHttpResponse

from access.models import User
from aim.web.export import safe
from metering.browser.buckets import edges_of, extremes, gather
from metering.browser.notes import comment_texts
from metering.browser.options import Sums
from metering.browser.period import Period, Scale
from metering.browser.readings import Ints, Readings, read
from metering.browser.selection import labels
from metering.display import exact, quality_of, shown_exponent, shown_unit
from metering.intervals import to_instant
from metering.models import Series, ValueComment
from metering.quality import Quality
from metering.services.units import in_one_state

_DAYS_AT_A_TIME = 31
_SCALES = {Sums.DAY: Scale.DAY, Sums.WEEK: Scale.WEEK, Sums.MONTH: Scale.MONTH, Sums.YEAR: Scale.YEAR}

CommentsOf = Callable[[Period], Sequence[ValueComment]]


def csv_response(
    user: User, series: Sequence[Series], period: Period, now: datetime, sums: Sums | None = None
) -> StreamingHttpResponse:
    """A CSV attachment named after the metering point and the days; with `sums` a row per day, week, month or year."""
    points = {each.metering_point.gsrn for each in series}
    name = points.pop() if len(points) == 1 else "values"
    scale = _SCALES.get(sums) if sums else None
    lines = sum_lines(series, period, now, scale) if scale else csv_lines(series, period, now, _comments(user, series))
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{period.first}-{period.last}.csv"',
            "X-Accel-Buffering": "no",
        },
    )


def csv_lines(series: Sequence[Series], period: Period, now: datetime, comments: CommentsOf) -> Iterator[str]:
    """The byte-order mark with the headings, then rows; every slot that should have a value by now has a row."""
    yield "\ufeff" + _lines([["Local time", "UTC", *_headings(series, ("Quality", "Status", "Comment"))]])
    for part in _parts(period):
        with in_one_state(series) as present:
            frame = read(present, part, now)
        yield _lines(_rows(frame.readings, period.zone, comments(part)))


def sum_lines(series: Sequence[Series], period: Period, now: datetime, scale: Scale) -> Iterator[str]:
    """The same for sums: a row per local day, week, month or year, with the spread and how many values there are.

    A consumption is summed, an instantaneous quantity averaged, a stand is the one at the beginning of the row.
    """
    spread = ("Lowest", "Highest", "Mean", "Values", "Expected")
    yield "\ufeff" + _lines([["From", "To", "From (UTC)", "To (UTC)", *_headings(series, spread)]])
    edges = edges_of(scale, period)
    local, utc = _times(edges, period.zone)
    with in_one_state(series) as present:
        columns = [_sum_cells(each, edges) for each in read(present, period, now).readings]
    for k in range(len(edges) - 1):
        yield _lines([[*local[k : k + 2], *utc[k : k + 2], *(cell for column in columns for cell in column[k])]])


def _comments(user: User, series: Sequence[Series]) -> CommentsOf:
    """The standing comments on a part of the period that are open to the user."""
    rows = ValueComment.objects.visible_to(user).filter(series__in=series).standing()
    return lambda part: list(rows.touching(part.start, part.end))


def _headings(series: Sequence[Series], more: Sequence[str]) -> Iterator[str]:
    for each, label in zip(series, labels(series), strict=True):
        unit = shown_unit(each)
        yield safe(f"{label} ({unit})" if unit else label)
        yield from more


def _parts(period: Period) -> Iterator[Period]:
    start, step = period.start, timedelta(days=_DAYS_AT_A_TIME)
    while start < period.end:
        yield Period(Scale.FREE, start, min(start + step, period.end), period.zone)
        start += step


def _rows(readings: Sequence[Readings], zone: ZoneInfo, comments: Sequence[ValueComment]) -> Iterator[list[str]]:
    at = np.unique(np.concatenate([each.at[each.present | each.expected] for each in readings]))
    columns = [_cells(each, at, comments) for each in readings]
    for row, (local, utc) in enumerate(zip(*_times(at, zone), strict=True)):
        yield [local, utc, *(cell for column in columns for cell in column[row])]


def _times(at: Ints, zone: ZoneInfo) -> tuple[list[str], list[str]]:
    """Every instant as local ISO 8601 with offset, and in UTC."""
    instants = [to_instant(second) for second in at.tolist()]
    return [each.astimezone(zone).isoformat() for each in instants], [f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in instants]


def _cells(readings: Readings, at: Ints, comments: Sequence[ValueComment]) -> list[tuple[str, str, str, str]]:
    """Value, quality, status word and comments of one series for each instant of `at`; empty where it has no slot."""
    exponent = shown_exponent(readings.series)
    names = {code: quality_of(code).label.lower() for code in np.unique(readings.quality).tolist()}
    names[int(Quality.MISSING)] = "missing"
    columns = (readings.at, readings.values, readings.quality, readings.status)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    known = {
        second: (exact(value, exponent), names[code], str(word) if word else "") for second, value, code, word in rows
    }
    notes = comment_texts(comments, readings.series, at, readings.step_s)
    return [(*known.get(second, ("", "", "")), safe(note)) for second, note in zip(at.tolist(), notes, strict=True)]


def _sum_cells(readings: Readings, edges: Ints) -> list[list[str]]:
    """Sum, lowest, highest, mean, values and expected values of one series, a list per row."""
    gathered, spread = gather(readings, edges), extremes(readings, edges)
    own = shown_exponent(readings.series)
    exponents = (own + gathered.exponent - readings.series.exponent, own, own, own - 1)
    columns = (gathered.values, spread.lowest, spread.highest, spread.mean)
    texts = [
        [exact(value, exponent) for value in column.tolist()]
        for column, exponent in zip(columns, exponents, strict=True)
    ]
    counts = [[str(count) for count in column.tolist()] for column in (gathered.present, gathered.expected)]
    return [list(row) for row in zip(*texts, *counts, strict=True)]


def _lines(rows: Iterator[list[str]] | list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
