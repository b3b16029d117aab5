"""Runs, the daily plan and shipped sets over register values, and deciding about what was found."""

from __future__ import annotations

import datetime as dt

import pytest

from access.models import User
from metering.models import Series
from tests import factories as make
from tests.validation.loading.world import at
from tests.validation.periodic.world import MARCH, found, register, rules, showed
from validation.models import Assignment, Finding, Rule, RuleSet, Run
from validation.periodic.aim_table import AIM_PERIODIC
from validation.services.daily import plan_daily
from validation.services.deciding import accept_findings
from validation.services.runs import RunError, start_run, work_run
from validation.services.shipped import shipped_set, shipped_sets, sync_shipped
from validation.set_check import check_set

pytestmark = pytest.mark.django_db
HIGH = {"condition": "higher_than", "parameters": {"limit": "1 Wh"}}


@pytest.fixture
def operator() -> User:
    return make.make_administrator()


def test_a_run_validates_register_values_by_the_assigned_set() -> None:
    series = register(periodicity="daily")
    utility = series.metering_point.utility
    rules(series, HIGH)
    showed(series, {"2026-03-01 00:00": 5, "2026-03-02 00:00": 1})
    run = start_run(user=None, utility=utility, scope={}, first_day=MARCH, last_day=dt.date(2026, 3, 2))
    work_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.total, run.done) == (Run.State.DONE, 2, 2)
    assert run.counts["findings"] == {"higher_than": 1}
    assert Finding.objects.get().run == run
    assert found("higher_than") == [("2026-03-01", 5)]


def test_a_set_for_one_kind_of_values_leaves_the_other_alone() -> None:
    series = register(periodicity="daily")
    profile = make.make_series(series.metering_point)
    utility = series.metering_point.utility
    periodic = rules(series, HIGH)
    showed(series, {"2026-03-01 00:00": 5})
    make.make_values(profile, at("2026-03-01 00:00"), [9] * 96)
    other = RuleSet.objects.create(utility=utility, code="profile", name="Profile")
    Rule.objects.create(rule_set=other, position=1, name="any", condition="not_missing")
    for rule_set, expected in ((periodic, {"higher_than"}), (other, {"not_missing"})):
        Finding.objects.all().delete()
        run = start_run(
            user=None, utility=utility, scope={}, first_day=MARCH, last_day=MARCH, rule_set=rule_set
        )  # fmt: skip
        work_run(run.pk)
        run.refresh_from_db()
        assert (run.state, run.total) == (Run.State.DONE, 1)
        assert set(Finding.objects.values_list("condition", flat=True)) == expected


def test_a_what_if_does_not_take_sets_of_register_values() -> None:
    series = register(periodicity="daily")
    rule_set = rules(series, HIGH)
    with pytest.raises(RunError, match="profile values"):
        start_run(
            user=None, utility=series.metering_point.utility, scope={}, first_day=MARCH, last_day=MARCH,
            rule_set=rule_set, dry=True,
        )  # fmt: skip


def test_every_day_the_values_of_the_last_days_are_judged_once_more() -> None:
    series = register(periodicity="daily")
    rules(series, HIGH)
    Series.objects.update(created_at=at("2026-03-09 12:00"))
    plan_daily(at("2026-03-10 07:00"))
    (first,) = Run.objects.all()
    work_run(first.pk)
    assert found("higher_than") == []
    showed(series, {"2026-03-01 00:00": 5})
    plan_daily(at("2026-03-11 07:00"))
    for run in Run.objects.exclude(pk=first.pk).order_by("first_day"):
        work_run(run.pk)
    assert found("higher_than") == [("2026-03-01", 5)]


def test_accepting_a_value_of_a_register(operator: User) -> None:
    """A stand is raw and stays as it is; what is accepted is the exception."""
    series = register(periodicity="daily")
    rules(series, HIGH)
    showed(series, {"2026-03-01 00:00": 5}, quality=32)
    run = start_run(
        user=operator, utility=series.metering_point.utility, scope={}, first_day=MARCH, last_day=MARCH
    )  # fmt: skip
    work_run(run.pk)
    decided = accept_findings(findings=Finding.objects.all(), user=operator, reason="Read by the installer")
    assert decided.done == 1
    finding = Finding.objects.get()
    assert (finding.state, finding.closed_by) == (Finding.State.ACCEPTED, operator)


def test_the_shipped_sets_are_sound() -> None:
    utility = make.make_utility()
    make.make_property()
    sync_shipped(utility)
    for code, told in shipped_sets().items():
        if told.get("kind") == RuleSet.Kind.PERIODIC:
            row, shipped = shipped_set(code, told, utility)
            assert check_set(row, shipped) == [], code
    compatible = RuleSet.objects.get(utility=utility, code="aim-compatible-periodic")
    assert sorted(compatible.rules.values_list("condition", flat=True)) == sorted(AIM_PERIODIC)
    held = Assignment.objects.get(utility=utility, rule_set__kind=RuleSet.Kind.PERIODIC)
    assert (held.rule_set.code, held.role, held.target) == ("default-periodic", "arrival", "the whole utility")
