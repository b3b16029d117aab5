"""Gaps that reach beyond the days that are validated add up to the register all the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from django.db import connection

from metering.models import Series
from tests import factories as make
from tests.validation.loading.world import DAY, LATER, at, consumption, metered, store
from tests.validation.services.world import curve, found, rule_set, stored, validated
from validation.engine.found import findings
from validation.engine.run import run
from validation.models import Correction, Delivery
from validation.services.recording import context_of, record
from validation.services.validating import Work, load, portions

pytestmark = pytest.mark.django_db

MISSING: dict[str, Any] = {"condition": "missing", "action": "estimate"}
NEXT = DAY + dt.timedelta(days=1)
LEVELS = (100, 250, 300, 170)


def with_gap(first: int, last: int, days: int) -> tuple[Series, Series, list[int], list[int]]:
    """Consumption fed by stands of which those from `first` to `last` lack, the stands, and both as they should be."""
    point, _ = metered()
    used = consumption(point)
    stands = make.make_series(point, "1-0:1.8.0", kind="stand", feeds=used, source="M1")
    rule_set(used, MISSING)
    true = curve(days, LEVELS)
    counted = [1_000, *(int(each) + 1_000 for each in np.cumsum([*true, 5]))]
    store(stands, at("2026-03-10 00:00"), [None if first <= n <= last else each for n, each in enumerate(counted)])
    return used, stands, counted, true


@pytest.mark.parametrize("late", [None, "first", "second"])
@pytest.mark.parametrize("again", [DAY, NEXT, None])
def test_a_gap_over_midnight_adds_up_whichever_day_is_validated_again(again: dt.date | None, late: str | None) -> None:
    used, stands, counted, true = with_gap(91, 102, 2)
    validated(used, last=NEXT)
    if late:
        slot, day = (93, DAY) if late == "first" else (100, NEXT)
        store(stands, at("2026-03-10 00:00") + dt.timedelta(minutes=15 * slot), [counted[slot]])
        validated(used, first=day)
    if again:
        validated(used, first=again)
    assert sum(stored(used, "2026-03-10 00:00", 192)[0]) == sum(true)


def test_a_gap_of_days_adds_up_when_its_days_are_validated_one_by_one() -> None:
    used, _, _, true = with_gap(50, 350, 5)
    store(used, at("2026-02-10 00:00"), curve(28, (200, 500, 600, 340)))  # it used twice as much before
    for number in range(5):
        validated(used, first=DAY + dt.timedelta(days=number))
    assert sum(stored(used, "2026-03-10 00:00", 96 * 5)[0]) == sum(true)


def test_a_delivered_day_of_a_series_without_rules_is_corrected_too() -> None:
    series = consumption()
    store(series, at("2026-03-10 00:00"), curve(1))
    Delivery.objects.create(series=series, first_day=DAY, last_day=DAY, delivered_at=dt.datetime.now(dt.UTC))
    store(series, at("2026-03-10 10:00"), [7])
    validated(series)
    assert Correction.objects.count() == 1


def test_findings_of_a_rule_that_is_deleted_meanwhile_are_dropped_and_the_others_written() -> None:
    series = consumption()
    own = rule_set(series, {"condition": "missing", "action": "keep"}, {"condition": "zero", "action": "keep"})
    store(series, at("2026-03-10 00:00"), [100, None, 0, *curve(1)[3:]])
    work = Work(np.array([series.pk]), DAY, DAY, LATER)
    (portion,) = portions(work)
    window, _, facts, plan = load(work, portion)
    own.rules.filter(condition="zero").delete()
    result = run(window, facts, plan, lambda *_: facts)
    told = [(plan.rules[each.rule], each) for each in findings(window, result)]
    context = context_of(own, [rule.rule_id for rule in plan.rules], None, LATER)
    assert len(told) == 2
    record(window, told, context, np.zeros((0, 2), np.int64), np.ones(1, np.bool_))
    connection.check_constraints()
    assert [each.condition for each in found()] == ["missing"]
