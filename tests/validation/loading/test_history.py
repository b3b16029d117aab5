"""Days that are asked for later."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from events.models import Outage
from metering.quality import Quality
from tests.queries import count_queries
from tests.validation.loading.world import DAY, at, consumption, facts, metered, store, window
from validation.estimators.days import DayKind
from validation.estimators.history import History
from validation.facts import Need
from validation.window import Window

pytestmark = pytest.mark.django_db


def ask(found: Window, distances: range, rows: slice = slice(None)) -> History:
    source = facts(found, Need.HISTORY).history
    assert source is not None
    return source(rows, distances)


def test_days_are_told_by_wall_clock() -> None:
    series = consumption(interval_s=3_600)
    store(series, at("2026-03-28 00:00"), range(24 + 23 + 24))
    history = ask(window(series, first=dt.date(2026, 3, 30)), range(-2, 1))
    assert history.values.shape == (1, 3, 24)
    assert history.values[0, 0].tolist() == list(range(24))
    assert history.values[0, 1, [0, 1, 2, 4, 23]].tolist() == [24, 25, 26, 27, 46]
    assert history.usable[0].sum(axis=1).tolist() == [24, 23, 24]
    assert history.kinds.tolist() == [DayKind.SATURDAY, DayKind.SUNDAY, DayKind.MONDAY]


def test_only_what_somebody_measured_or_decided_is_a_reference() -> None:
    series = consumption(interval_s=3_600)
    for hour, quality in enumerate((Quality.MEASURED, Quality.SUSPECT, Quality.ESTIMATED, Quality.EDITED)):
        store(series, at(f"2026-03-09 0{hour}:00"), [1], quality)
    assert ask(window(series), range(-1, 0)).usable[0, 0, :5].tolist() == [True, False, False, True, False]


def test_days_with_an_outage_are_told() -> None:
    point, device = metered()
    Outage.objects.create(
        device=device, started_at=at("2026-03-07 23:50"), ended_at=at("2026-03-08 00:10"), start_source="log"
    )
    history = ask(window(consumption(point)), range(-4, 0))
    assert history.outage.tolist() == [[False, True, True, False]]


def test_rows_are_those_asked_for_and_a_year_ago_is_as_near_as_yesterday() -> None:
    one, two = consumption(interval_s=3_600), consumption(interval_s=3_600)
    store(two, at("2025-03-11 00:00"), [7] * 24)
    found = window(one, two)
    history = ask(found, range(-364, -363), slice(1, 2))
    assert history.values[0, 0].tolist() == [7] * 24
    with count_queries() as few:
        ask(found, range(-1, 0), slice(1, 2))
    with count_queries() as many:
        ask(found, range(-28, 1))
    assert few.number == many.number


def test_the_days_judged_may_be_among_them() -> None:
    series = consumption()
    store(series, at("2026-03-10 00:00"), range(96))
    history = ask(window(series, last=DAY + dt.timedelta(days=1)), range(-1, 2))
    assert np.array_equal(history.values[0, 1], np.arange(96))
    assert history.usable[0].any(axis=1).tolist() == [False, True, False]
