"""Validating again, by the same rules, other rules, or the set of another role: what stays, and what does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from metering.quality import Quality
from tests.validation.loading.world import at, consumption, store
from tests.validation.services.world import curve, found, rule_set, stored, validated
from validation.models import Assignment, Finding, Run
from validation.models.rules import Role
from validation.services.runs import work_of

pytestmark = pytest.mark.django_db

MISSING: dict[str, Any] = {"condition": "missing", "action": "estimate"}
SPIKE: dict[str, Any] = {"condition": "spike", "action": "estimate", "parameters": {"tolerance": 180}}
WATCHED = SPIKE | {"action": "keep", "severity": "error"}
_State = Finding.State


def with_spike(**changes: int | None) -> list[int | None]:
    """A day with a spike at 10:00, and other changes: `s41=None`."""
    values: list[int | None] = list(curve(1))
    for name, value in ({"s40": 9_000} | changes).items():
        values[int(name[1:])] = value
    return values


@pytest.mark.parametrize(
    "rule",
    [
        SPIKE,
        SPIKE | {"action": "reject"},
        {"condition": "step", "action": "reject", "parameters": {"tolerance": 1_000}},
        {"condition": "higher_than", "action": "reject", "parameters": {"limit": "5 kWh"}},
        {"condition": "check_function", "action": "reject", "parameters": {"formula": "value > 5 * previous(value)"}},
        {"condition": "flat", "action": "reject", "parameters": {"minutes": 60}},
    ],
    ids=lambda rule: f"{rule['condition']} {rule['action']}",
)
def test_what_was_rejected_is_wrong_the_next_time_too(rule: dict[str, Any]) -> None:
    series = consumption()
    rule_set(series, rule, estimation=[])
    store(series, at("2026-03-10 00:00"), with_spike(**{f"s{slot}": 700 for slot in range(60, 66)}))
    seen = []
    for _ in range(3):
        validated(series)
        seen.append((stored(series, "2026-03-10 00:00", 96), [each.state for each in found()]))
    assert Quality.REJECTED in seen[0][0][1]
    assert seen == seen[:1] * 3


def test_a_rule_may_reject_what_it_used_to_estimate() -> None:
    series = consumption()
    own = rule_set(series, SPIKE)
    store(series, at("2026-03-10 00:00"), with_spike())
    validated(series)
    own.rules.update(action="reject")
    for _ in range(2):
        validated(series)
        assert stored(series, "2026-03-10 10:00", 1) == ([9_000], [Quality.REJECTED])
        assert [each.state for each in found()] == [_State.OPEN]
    own.rules.update(action="estimate")
    validated(series)
    assert stored(series, "2026-03-10 10:00", 1)[0] == [200]


def test_no_line_starts_from_a_value_that_was_rejected() -> None:
    series = consumption()
    rule_set(series, MISSING, SPIKE | {"action": "reject"})
    store(series, at("2026-03-10 00:00"), with_spike(s41=None))
    for _ in range(2):
        validated(series)
        assert stored(series, "2026-03-10 10:00", 3)[0] == [9_000, 267, 300]  # between 200 at 09:45 and 300 at 10:30


def test_bad_values_of_two_days_do_not_speak_for_one_another() -> None:
    series = consumption()
    rule_set(series, {"condition": "higher_than", "action": "estimate", "parameters": {"limit": "5 kWh"}})
    store(series, at("2026-03-08 00:00"), curve(2))
    day = [900_000 if 40 <= slot < 60 else value for slot, value in enumerate(curve(1))]
    store(series, at("2026-03-10 00:00"), day * 2)
    for _ in range(2):
        validated(series, last=dt.date(2026, 3, 11))
        assert stored(series, "2026-03-10 00:00", 192)[0] == curve(2)


def test_the_set_of_another_role_says_nothing_about_exceptions_it_has_no_rule_for() -> None:
    series = consumption()
    own = rule_set(series, WATCHED)
    rule_set(series, MISSING, role=Role.FINAL)
    store(series, at("2026-03-10 00:00"), with_spike())
    validated(series)
    validated(series, role=Role.FINAL)
    assert [each.state for each in found()] == [_State.OPEN]
    Assignment.objects.filter(rule_set=own).delete()
    rule_set(series, MISSING)
    validated(series)
    assert [each.state for each in found()] == [_State.RESOLVED]


def test_an_accepted_finding_is_one_of_its_value() -> None:
    series = consumption()
    rule_set(series, WATCHED)
    store(series, at("2026-03-10 00:00"), with_spike())
    validated(series)
    Finding.objects.update(state=_State.ACCEPTED)
    validated(series)
    assert [each.state for each in found()] == [_State.ACCEPTED]
    store(series, at("2026-03-10 10:00"), [990_000])
    validated(series)
    assert [(each.state, each.value) for each in found()] == [(_State.OPEN, 990_000)]


@pytest.mark.parametrize(("days_after", "meant"), [(5, True), (30, False)])
def test_values_become_final_when_their_own_assignment_says(days_after: int, meant: bool) -> None:
    series = consumption()
    own = rule_set(series, MISSING, role=Role.FINAL)  # five days for the whole utility
    utility = series.metering_point.utility
    Assignment.objects.create(utility=utility, rule_set=own, role=Role.FINAL, series=series, days_after=days_after)
    day = dt.datetime.now(utility.zone).date() - dt.timedelta(days=6)
    fields: dict[str, Any] = {"utility": utility, "role": Role.FINAL, "first_day": day, "last_day": day}
    scheduled = work_of(Run.objects.create(trigger=Run.Trigger.SCHEDULE, **fields))
    assert np.isin(series.pk, scheduled.series_ids) == meant
    assert series.pk in work_of(Run.objects.create(trigger=Run.Trigger.HAND, **fields)).series_ids
