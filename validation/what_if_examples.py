"""The examples of one rule in a what-if: their table, and the chart and values of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import numpy as np
from django.http import Http404
from django.urls import reverse

from access.models import User
from aim.web.charts import Chart, ChartSeries, Kind
from metering.charts import marks
from metering.display import MARKS, number, quality_of, shown_exponent, shown_unit
from metering.intervals import to_instant
from metering.models import Series
from metering.store import NO_VALUE
from validation.models import Run
from validation.words import amount

_Json = Mapping[str, Any]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """One example in the table."""

    number: int
    series: Series
    day: date
    at: str
    value: str
    limit: str
    count: int
    values_url: str


@dataclass(frozen=True, slots=True)
class Step:
    """One interval of the chosen example; `marked`: the rule found it, or another value would stand there."""

    at: str
    before: str
    before_quality: str
    after: str
    after_quality: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of a rule that are open to a user, and the one that is looked at."""

    set_name: str
    rule: str
    words: str
    lines: list[ExampleLine]
    chosen: ExampleLine
    steps: list[Step]
    unit: str


def line_of_rule(run: Run, number: int, rule: int) -> tuple[_Json, _Json]:
    """The counted set and rule of a what-if; Http404 where it has none such."""
    sets = run.result.get("sets", [])
    found = [line for line in sets[number]["rules"] if line["rule"] == rule] if number < len(sets) else []
    if not run.dry or not found or not found[0]["examples"]:
        raise Http404("There are no such examples.")
    return sets[number], found[0]


def examples_of(run: Run, number: int, rule: int, chosen: int, user: User) -> Examples:
    """The examples, with the values of the one asked for; Http404 where none is open to the user."""
    counted, line = line_of_rule(run, number, rule)
    series = series_of(line, user)
    shown = [
        _line(run, at, each, series[each["series"]])
        for at, each in enumerate(line["examples"])
        if each["series"] in series
    ]
    here = next((each for each in shown if each.number == chosen), None)
    if here is None:
        raise Http404("There is no such example.")
    steps = _steps(line["examples"][chosen], here.series, run.utility.zone)
    return Examples(counted["name"], line["name"], line["words"], shown, here, steps, shown_unit(here.series))


def series_of(line: _Json, user: User) -> dict[int, Series]:
    """The series of the examples of a rule that the user may see, by id."""
    rows = Series.objects.visible_to(user).filter(pk__in={each["series"] for each in line["examples"]})
    return {row.pk: row for row in rows.select_related("measured_property", "metering_point__utility")}


def _line(run: Run, number: int, example: _Json, series: Series) -> ExampleLine:
    day = _EPOCH + timedelta(days=example["day"])
    query = urlencode({"series": series.pk, "period": "day", "date": day.isoformat()})
    return ExampleLine(
        number, series, day, _clock(example["at"], run.utility.zone), amount(series, example["value"]),
        "" if example["limit"] is None else amount(series, example["limit"]), example["count"],
        f"{reverse('metering:values')}?{query}",
    )  # fmt: skip


def _clock(seconds: int, zone: ZoneInfo) -> str:
    return f"{to_instant(seconds).astimezone(zone):%H:%M}"


def _steps(example: _Json, series: Series, zone: ZoneInfo) -> list[Step]:
    """The intervals that were found or would change, with the one before and the one after."""
    rows = list(
        zip(example["before"], example["before_quality"], example["after"], example["after_quality"], strict=True)
    )
    starts = [example["start"] + at * example["step"] for at in range(len(rows))]
    first, last = example["marked"]
    marked = [was != becomes or first <= at <= last for at, (was, _, becomes, _) in zip(starts, rows, strict=True)]
    near = np.convolve(marked, [1, 1, 1], "same") > 0
    return [
        Step(
            _clock(at, zone), _shown(series, was), quality_of(code).label, _shown(series, becomes),
            quality_of(later).label, mark,
        )
        for at, (was, code, becomes, later), mark, keep in zip(starts, rows, marked, near.tolist(), strict=True)
        if keep
    ]  # fmt: skip


def _shown(series: Series, value: int | None) -> str:
    return number(NO_VALUE if value is None else value, shown_exponent(series))


def example_chart(example: _Json, series: Series, zone: ZoneInfo) -> Chart:
    """The day as stored, and as it would be; what the rule found is told apart."""
    first, last = example["marked"]
    drawn = [
        _drawn(series, "As stored", example["before"], example["before_quality"]),
        _drawn(series, "As it would be", example["after"], example["after_quality"]),
    ]
    return Chart(example["start"], example["step"], zone.key, drawn, marks(), marked=(first, last + example["step"]))


def _drawn(series: Series, label: str, values: list[int | None], codes: list[int]) -> ChartSeries:
    known = np.array([NO_VALUE if value is None else value for value in values], np.int64)
    kind: Kind = "instantaneous" if series.kind == Series.Kind.INSTANTANEOUS else "consumption"
    present = known != NO_VALUE
    quality = np.where(present, MARKS[np.array(codes, np.uint8)], np.uint8(0))
    return ChartSeries(series.pk, label, shown_unit(series), shown_exponent(series), kind, known, present, quality)
