"""What-if on screen: nothing is changed, everything is told; two sets side by side; examples before and after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from access.models import AuditRecord
from metering.store import NO_VALUE, read
from tests import factories as make
from tests.scene import signed_in, text
from tests.validation.pages.rules.test_runs import fields, run_of
from tests.validation.pages.rules.world import DAY, SHORT_DAY, SPIKE, SPIKE_SLOT, USUAL, Rules, add_rule, store_day
from validation.forms import run as run_form
from validation.models import Finding, RuleSet, Run
from validation.services.runs import work_run

NEW = "/validation-runs/what-if/"
GAP = (10, 11)


def spoilt(rules: Rules, day: date = DAY) -> None:
    """A day with a gap of two intervals and a spike."""
    store_day(rules.series, day, dict.fromkeys(GAP, NO_VALUE) | {SPIKE_SLOT: SPIKE})


def tried(rules: Rules, **changed: Any) -> Run:
    """A what-if of the own set over the one series, worked on."""
    told = fields(rules, rule_set=rules.own.pk) | changed
    run = run_of(signed_in(rules.anna).post(f"{NEW}?series={rules.series.pk}", told))
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE, run.error
    return run


def stored(rules: Rules) -> tuple[list[int], list[int]]:
    zone = rules.utility.zone
    start = make.INSTALLED_AT.replace(year=DAY.year, month=DAY.month, day=DAY.day, tzinfo=zone)
    matrix = read([rules.series.pk], start, start.replace(day=DAY.day + 1))
    return matrix.values[0].tolist(), matrix.quality[0].tolist()


def test_nothing_is_changed(rules: Rules) -> None:
    spoilt(rules)
    before = stored(rules)
    run = tried(rules)
    assert stored(rules) == before
    assert not Finding.objects.exists()
    assert run.dry and AuditRecord.objects.filter(verb="what-if run started").exists()


def test_what_would_be_found_and_put_in_place_is_told(rules: Rules) -> None:
    spoilt(rules)
    run = tried(rules)
    (counted,) = run.result["sets"]
    assert [(line["name"], line["values"], line["series_days"], line["series"]) for line in counted["rules"]] == [
        ("Missing", 2, 1, 1), ("Spike", 1, 1, 1),
    ]  # fmt: skip
    assert counted["methods"] == {"linear": 3} and counted["unresolved"] == 0
    (energy,) = counted["energy"]
    stored_wh, whole_wh = 93 * USUAL + SPIKE, 96 * USUAL
    assert energy == {"unit": "Wh", "before": str(stored_wh), "after": str(whole_wh), "more": str(whole_wh - stored_wh)}
    page = text(signed_in(rules.anna).get(run.get_absolute_url()))
    assert "no value was changed" in page and "Interpolated" in page
    assert "18.300 kWh" in page and "9.600 kWh" in page and "−8.700 kWh" in page and "−47.541 %" in page


def test_two_sets_are_compared(rules: Rules) -> None:
    spoilt(rules)
    other = RuleSet.objects.create(
        utility=rules.utility, code="other", name="Stricter", estimation=[{"method": "flat"}]
    )
    add_rule(other, "missing", action="zero")
    add_rule(other, "zero")
    comparison = tried(rules, against=other.pk).result["comparison"]
    assert comparison["values"] == {"first": 1, "second": 0, "both": 2}
    assert comparison["series_days"] == {"first": 0, "second": 0, "both": 1}
    assert comparison["conditions"]["missing"] == {"first": 0, "second": 0, "both": 2}
    assert comparison["conditions"]["spike"] == {"first": 1, "second": 0, "both": 0}
    assert comparison["different"] == 3
    page = text(signed_in(rules.anna).get(Run.objects.get().get_absolute_url()))
    assert "Only by Stricter" in page and "Different afterwards" in page


def test_examples_show_a_day_before_and_after(rules: Rules) -> None:
    spoilt(rules)
    run = tried(rules)
    client, path = signed_in(rules.anna), f"/validation-runs/{run.pk}/examples/0/{rules.spike.pk}/"
    assert path in text(client.get(run.get_absolute_url()))
    page = text(client.get(path))
    assert rules.series.metering_point.gsrn in page and "9.000 kWh" in page and "10:00" in page
    assert page.count('class="marked"') == 3  # the spike, and the gap that would be filled as well
    chart = client.get(f"{path}chart.json").json()
    before, after = chart["series"]
    assert (before["values"][SPIKE_SLOT], after["values"][SPIKE_SLOT]) == (SPIKE, USUAL)
    assert before["values"][GAP[0]] is None and after["values"][GAP[0]] == USUAL
    assert chart["marked"] == [chart["start"] + SPIKE_SLOT * 900, chart["start"] + (SPIKE_SLOT + 1) * 900]


def test_a_day_of_23_hours_has_92_values(rules: Rules) -> None:
    spoilt(rules, SHORT_DAY)
    day = SHORT_DAY.isoformat()
    run = tried(rules, first_day=day, last_day=day)
    assert run.result["values"] == 92
    chart = f"/validation-runs/{run.pk}/examples/0/{rules.missing.pk}/chart.json"
    assert len(signed_in(rules.anna).get(chart).json()["series"][0]["values"]) == 92


def test_examples_that_do_not_exist_or_lie_out_of_reach_are_not_found(rules: Rules) -> None:
    spoilt(rules)
    run = tried(rules)
    path, client = f"/validation-runs/{run.pk}/examples", signed_in(rules.anna)
    rule = rules.spike.pk
    for wrong in (f"1/{rule}/", f"0/{rule + 999}/", f"0/{rule}/?example=9", f"0/{rule}/?example=x",
                  f"0/{rule}/chart.json?example=9"):  # fmt: skip
        assert client.get(f"{path}/{wrong}").status_code == 404, wrong
    assert signed_in(rules.stranger).get(f"{path}/0/{rule}/").status_code == 404
    assert signed_in(rules.stranger).get(f"{path}/0/{rule}/chart.json").status_code == 404


def test_a_rule_that_judges_nothing_says_why(rules: Rules) -> None:
    spoilt(rules)
    add_rule(rules.own, "higher_than", parameters={"limit": "12 m³"})
    run = tried(rules)
    assert "the limit is in m³, the series in Wh" in text(signed_in(rules.anna).get(run.get_absolute_url()))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rule_set": ""}, "This field is required."),
        ({"against": "own"}, "This is the same set."),
    ],
)
def test_what_cannot_be_tried_is_refused(rules: Rules, changed: dict[str, Any], message: str) -> None:
    told = fields(rules, rule_set=rules.own.pk) | changed
    told |= {"against": rules.own.pk} if told.get("against") == "own" else {}
    response = signed_in(rules.anna).post(NEW, told)
    assert response.status_code == 400 and message in text(response)


def test_too_much_at_once_is_refused_with_the_numbers(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_form.WhatIfForm, "most", 5)
    told = fields(rules, rule_set=rules.own.pk, first_day="2026-10-11")
    response = signed_in(rules.anna).post(f"{NEW}?series={rules.series.pk}", told)
    assert response.status_code == 400
    assert "1 series over 10 days are 10 series-days; at most 5 go." in text(response)


def test_who_may_not_run_may_not_try(rules: Rules) -> None:
    assert signed_in(rules.pekka).get(NEW).status_code == 403
