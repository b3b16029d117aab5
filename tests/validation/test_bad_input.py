"""Bad input, from store to store: each has a declared outcome, nobody sees a crash, and nothing received is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import ProtectedError

from access.models import Utility
from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE
from tests.validation.loading.world import DAY, at, consumption, metered, store
from tests.validation.services.world import curve, found, rule_set, stored, validated
from validation.models import Assignment, Finding, Rule, RuleSet
from validation.models.rules import Role
from validation.rule_check import check_rule
from validation.services.shipped import shipped_sets, sync_shipped
from validation.set_check import contradictions

pytestmark = pytest.mark.django_db

_PROFILE = sorted(code for code, told in shipped_sets().items() if told.get("kind", "profile") == "profile")
_OPEN = Finding.State.OPEN


def formula(text: str) -> dict[str, Any]:
    return {"condition": "check_function", "action": "reject", "parameters": {"formula": text}}


def under(code: str) -> Series:
    """A new series under a shipped set."""
    series = consumption()
    utility: Utility = series.metering_point.utility
    sync_shipped(utility)
    Assignment.objects.filter(utility=utility).delete()
    Assignment.objects.create(utility=utility, rule_set=RuleSet.objects.get(utility=utility, code=code))
    return series


def test_of_rules_that_contradict_one_another_the_first_acts_and_the_set_says_so() -> None:
    series = consumption()
    first = {"condition": "higher_than", "action": "estimate", "parameters": {"limit": "5 kWh"}}
    own = rule_set(series, first, first | {"action": "reject", "name": "Again"})
    store(series, at("2026-03-10 00:00"), [9_000_000 if slot == 40 else value for slot, value in enumerate(curve(1))])
    validated(series)
    assert stored(series, "2026-03-10 10:00", 1)[0] == [200]
    assert [each.rule_name for each in found()] == ["higher_than", "Again"]
    assert ["contradicts" in problem.message for problem in contradictions(list(own.rules.all()))] == [True]


@pytest.mark.parametrize("text", ["value / 0 > 1", "value / (value - value) > 1", "0 / 0 * value > 1"])
def test_a_division_by_zero_finds_nothing(text: str) -> None:
    series = consumption()
    rule_set(series, formula(text))
    store(series, at("2026-03-10 00:00"), curve(1))
    validated(series)
    assert not found()
    assert set(stored(series, "2026-03-10 00:00", 96)[1]) == {Quality.MEASURED}


def test_a_formula_over_a_series_there_is_not_is_refused_and_a_stored_one_stands_aside() -> None:
    series = consumption()
    unknown = formula('value > 2 * series["9-9:9.9.9"]')
    own = rule_set(series, unknown, {"condition": "missing", "action": "keep"})
    (problem,) = check_rule(own.rules.get(condition="check_function"))
    assert problem.field == "parameters.formula" and problem.message
    store(series, at("2026-03-10 00:00"), [None, *curve(1)[1:]])
    validated(series)
    assert [each.condition for each in found()] == ["missing"]


def test_a_limit_in_the_wrong_unit_judges_nothing_and_is_told() -> None:
    series = consumption()
    rule_set(series, {"condition": "higher_than", "action": "reject", "parameters": {"limit": "1 m³"}})
    store(series, at("2026-03-10 00:00"), curve(1))
    tally = validated(series)
    assert not found()
    assert "the limit is in m³" in str(tally.as_json())


def test_a_rule_set_in_use_cannot_be_deleted_and_findings_outlive_one_that_is() -> None:
    series = consumption()
    own = rule_set(series, {"condition": "missing", "action": "keep"})
    store(series, at("2026-03-10 00:00"), [None, *curve(1)[1:]])
    validated(series)
    with pytest.raises(ProtectedError):
        own.delete()
    Assignment.objects.all().delete()
    own.delete()
    (finding,) = found()
    assert (finding.rule_set, finding.rule, finding.rule_name, finding.state) == (None, None, "missing", _OPEN)
    rule_set(series, {"condition": "missing", "action": "keep"})
    validated(series)
    assert sorted(each.state for each in found()) == [_OPEN, Finding.State.RESOLVED]


@pytest.mark.parametrize("code", _PROFILE)
def test_a_series_with_one_value_keeps_it(code: str) -> None:
    series = under(code)
    store(series, at("2026-03-10 12:00"), [250])
    first = validated(series)
    before = stored(series, "2026-03-10 00:00", 96), list(Finding.objects.order_by("pk").values())
    assert before[0][0][48] == 250
    assert first.series_days == 1
    validated(series)
    assert (stored(series, "2026-03-10 00:00", 96), list(Finding.objects.order_by("pk").values())) == before


@pytest.mark.parametrize("code", _PROFILE)
def test_of_a_series_without_any_value_every_interval_is_missing(code: str) -> None:
    series = under(code)
    validated(series)
    assert set(stored(series, "2026-03-10 00:00", 96)[0]) == {NO_VALUE}
    (missing,) = found(condition="missing")
    assert (missing.count, missing.state) == (96, _OPEN)


@pytest.mark.parametrize("code", _PROFILE)
def test_a_year_of_zeros_stays_a_year_of_zeros(code: str) -> None:
    point, _ = metered()
    series = consumption(point, interval_s=3_600)
    utility = point.utility
    sync_shipped(utility)
    own = RuleSet.objects.get(utility=utility, code=code)
    start = DAY.replace(year=2025)
    store(series, at("2025-03-10 00:00"), [0] * 24 * 365)
    validated(series, first=start, last=DAY.replace(day=9), rule_set=own, role=Role.ARRIVAL)
    values, codes = stored(series, "2025-03-10 00:00", 24 * 365)
    assert (set(values), set(codes)) == ({0}, {Quality.MEASURED})
    assert not Finding.objects.filter(state=_OPEN).exclude(rule__condition__in=("zero_days", "long_zero")).exists()
    assert Rule.objects.filter(rule_set=own).exists()
