"""Comments on the values shown, numbered like footnotes: numbers in table and chart, the words beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from access.models import User
from aim.web.charts import ChartNote
from metering.browser.cells import Cell
from metering.browser.period import Period
from metering.browser.readings import Ints, Readings
from metering.intervals import to_seconds
from metering.models import Series, ValueComment

MOST_NOTES = 100


@dataclass(frozen=True, slots=True)
class Note:
    """A comment with its number; `key` is the colour of its series in the chart."""

    number: int
    key: int
    comment: ValueComment

    @property
    def start(self) -> int:
        return to_seconds(self.comment.starts_at)

    @property
    def end(self) -> int:
        return to_seconds(self.comment.ends_at)

    @property
    def last(self) -> datetime:
        return self.comment.ends_at

    def on_chart(self) -> ChartNote:
        return ChartNote(self.number, self.comment.series_id, self.start, self.end, self.comment.text)


def notes_on(user: User, series: Sequence[Series], period: Period) -> list[Note]:
    """The standing comments that touch the period, by time, at most `MOST_NOTES`. One query."""
    rows = ValueComment.objects.visible_to(user).filter(series__in=series).standing()
    rows = rows.touching(period.start, period.end).select_related("created_by")[:MOST_NOTES]
    keys = {each.pk: key for key, each in enumerate(series, start=1)}
    return [Note(number, keys[row.series_id], row) for number, row in enumerate(rows, start=1)]


def noted(rows: list[list[Cell]], at: Ints, readings: Readings, notes: Sequence[Note]) -> list[list[Cell]]:
    """`rows`, one per instant of `at`, first cells with the numbers of the comments that begin there."""
    places: dict[int, list[int]] = {}
    for note in notes:
        if note.comment.series_id == readings.series.pk:
            places.setdefault(_place(note, at, readings.step_s), []).append(note.number)
    for place, numbers in places.items():
        if place < len(rows):
            rows[place][0] = replace(rows[place][0], comments=tuple(numbers))
    return rows


def comment_texts(comments: Sequence[ValueComment], series: Series, at: Ints, step_s: int) -> list[str]:
    """For each instant of `at` what the comments on this series say about it, joined; for files."""
    texts = [""] * len(at)
    for comment in comments:
        if comment.series_id != series.pk:
            continue
        first = int(np.searchsorted(at, to_seconds(comment.starts_at) - max(step_s - 1, 0)))
        after = int(np.searchsorted(at, to_seconds(comment.ends_at)))
        for place in range(first, after):
            texts[place] = f"{texts[place]}; {comment.text}" if texts[place] else comment.text
    return texts


def _place(note: Note, at: Ints, step_s: int) -> int:
    """The first row the comment touches: the interval its beginning lies in, or the first of the period."""
    return int(np.searchsorted(at, note.start - max(step_s - 1, 0)))
