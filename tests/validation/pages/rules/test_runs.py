"""Validating by hand: of chosen series, of a group; the page of the run; ending it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from access.models import AuditRecord
from access.roles import METERING_OPERATOR
from devices.models import DeviceGroup
from metering.store import NO_VALUE
from tests import factories as make
from tests.queries import count_queries
from tests.scene import signed_in, text
from tests.validation.findings import make_finding
from tests.validation.pages.rules.world import DAY, SPIKE, SPIKE_SLOT, Rules, store_day
from validation.models import Assignment, Finding, ResultGroup, Run
from validation.services.runs import work_run

NEW, LIST = "/validation-runs/new/", "/validation-runs/"


def fields(rules: Rules, **changed: Any) -> dict[str, Any]:
    day = DAY.isoformat()
    return {"utility": rules.utility.pk, "first_day": day, "last_day": day, "which": "all"} | changed


def run_of(response: Any) -> Run:
    assert response.status_code == 302, text(response)
    return Run.objects.get(pk=response.url.strip("/").split("/")[-1])


@pytest.mark.parametrize("which", ["chosen", "points", "group", "segment", "result_group", "all"])
def test_a_run_is_begun_over_series_named_in_any_way(rules: Rules, which: str) -> None:
    point = rules.series.metering_point
    group = DeviceGroup.objects.create(utility=rules.utility, name="Espoo")
    group.memberships.create(device=point.installations.get().device)
    results = ResultGroup.objects.create(utility=rules.utility, name="Spikes")
    make_finding(rules.series, rule=rules.spike, group=results)
    ways: dict[str, dict[str, Any]] = {
        "chosen": {}, "points": {"which": "points", "gsrns": point.gsrn}, "all": {"which": "all"},
        "group": {"which": "group", "group": group.pk},
        "segment": {"which": "segment", "segment": point.segment_id},
        "result_group": {"which": "result_group", "result_group": results.pk},
    }  # fmt: skip
    address = f"{NEW}?series={rules.series.pk}" if which == "chosen" else NEW
    run = run_of(signed_in(rules.anna).post(address, fields(rules, **ways[which])))
    assert run.total >= 1 and not run.dry
    assert (run.first_day, run.last_day, run.created_by) == (DAY, DAY, rules.anna)
    assert AuditRecord.objects.filter(verb="validation started", username=rules.anna.username).exists()


def test_a_run_puts_right_what_is_wrong_and_tells_it(rules: Rules) -> None:
    store_day(rules.series, changes={10: NO_VALUE, SPIKE_SLOT: SPIKE})
    client = signed_in(rules.anna)
    run = run_of(client.post(f"{NEW}?series={rules.series.pk}", fields(rules, rule_set=rules.own.pk)))
    waiting = text(client.get(run.get_absolute_url()))
    assert "0 % done" in waiting and "Cancel" in waiting and f"/validation-runs/{run.pk}/head/" in waiting
    work_run(run.pk)
    page = text(client.get(run.get_absolute_url()))
    assert "100 % done" in page and "/cancel/" not in page and "/head/" not in page
    assert f"run={run.pk}" in page and "rule=Spike" in page and "Missing" in page
    assert Finding.objects.filter(run=run).count() == 2
    findings = text(client.get(f"/exceptions/?run={run.pk}&state=all&rule=Spike"))
    assert rules.series.metering_point.gsrn in findings


def test_the_head_alone_is_a_fragment_and_loads_the_page_when_it_ends(rules: Rules) -> None:
    client = signed_in(rules.anna)
    run = run_of(client.post(NEW, fields(rules)))
    head = f"/validation-runs/{run.pk}/head/"
    fragment = client.get(head, headers={"HX-Request": "true"})
    assert "<html" not in text(fragment) and "0 % done" in text(fragment)
    assert client.get(head).headers["Location"] == run.get_absolute_url()
    Run.objects.update(state=Run.State.DONE)
    assert client.get(head, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_run_is_cancelled_once(rules: Rules) -> None:
    client = signed_in(rules.anna)
    run = run_of(client.post(NEW, fields(rules)))
    cancel = f"/validation-runs/{run.pk}/cancel/"
    assert "what it has done stays" in text(client.post(cancel, follow=True))
    assert "ended already" in text(client.post(cancel, follow=True))
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    work_run(run.pk)
    assert "Cancelled" in text(client.get(run.get_absolute_url()))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"last_day": "2026-10-19"}, "From the first day on, at most 400 days."),
        ({"first_day": "2020-01-01"}, "at most 400 days"),
        ({"first_day": "soon"}, "Enter a valid date"),
        ({"which": "group"}, "Choose one."),
        ({"which": "points", "gsrns": ""}, "Give at least one."),
        ({"which": "points", "gsrns": "643000"}, "Not a metering point of"),
        ({"rule_set": 0}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_run_is_refused(rules: Rules, changed: dict[str, Any], message: str) -> None:
    response = signed_in(rules.anna).post(NEW, fields(rules, **changed))
    assert response.status_code == 400 and message in text(response)
    assert not Run.objects.exists()


def test_series_out_of_reach_cannot_be_named(rules: Rules) -> None:
    client = signed_in(rules.stranger)
    assert client.get(f"{NEW}?series={rules.series.pk}").status_code == 404
    assert client.get(f"{NEW}?series={quote('1;2')}").status_code == 404
    assert client.post(NEW, fields(rules)).status_code == 400


def test_who_may_only_look_sees_runs_and_begins_none(rules: Rules) -> None:
    run = run_of(signed_in(rules.anna).post(NEW, fields(rules)))
    client = signed_in(rules.pekka)
    assert client.get(NEW).status_code == 403
    assert client.post(f"/validation-runs/{run.pk}/cancel/").status_code == 403
    page = text(client.get(run.get_absolute_url()))
    assert "Cancel" not in page and "the whole utility" in page
    assert signed_in(rules.stranger).get(run.get_absolute_url()).status_code == 404


def test_runs_are_offered_where_series_are_chosen(rules: Rules) -> None:
    client, series = signed_in(rules.anna), rules.series
    browser = text(client.get(f"/values/?series={series.pk}&period=day&date={DAY}"))
    assert f"{NEW}?series={series.pk}&amp;first_day={DAY}&amp;last_day={DAY}" in browser
    points = client.post(f"/metering-points/?action=validate&pk={series.metering_point_id}", {"count": "1"})
    form = points.headers["Location"]
    assert "of=points" in form
    assert "series chosen" in text(client.get(form))
    group = DeviceGroup.objects.create(utility=rules.utility, name="Espoo")
    assert f"{NEW}?group={group.pk}" in text(client.get(group.get_absolute_url()))


def test_the_list_costs_the_same_however_many_runs_there_are(rules: Rules) -> None:
    client = signed_in(rules.anna)
    run_of(client.post(NEW, fields(rules)))
    client.get(LIST)
    with count_queries() as before:
        assert "As assigned".lower() in text(client.get(LIST)).lower()
    for _ in range(5):
        run_of(client.post(NEW, fields(rules, rule_set=rules.own.pk)))
    with count_queries() as after:
        client.get(LIST)
    assert after.number == before.number, after.statements


def test_a_run_by_assigned_sets_says_so(rules: Rules) -> None:
    Assignment.objects.create(utility=rules.utility, rule_set=rules.own)
    store_day(rules.series, changes={10: NO_VALUE})
    run = run_of(signed_in(rules.anna).post(f"{NEW}?series={rules.series.pk}", fields(rules)))
    work_run(run.pk)
    run.refresh_from_db()
    assert run.state == Run.State.DONE and run.counts["findings"] == {"Missing": 1}
    assert "as assigned, on arrival" in text(signed_in(rules.anna).get(run.get_absolute_url()))


@pytest.mark.parametrize("chosen", [True, False])
def test_who_sees_segments_only_runs_nothing(rules: Rules, chosen: bool) -> None:
    segment = rules.series.metering_point.segment
    assert segment is not None
    client = signed_in(make.make_user(METERING_OPERATOR, segments=[segment]))
    for path in (NEW, "/validation-runs/what-if/"):
        address = f"{path}?series={rules.series.pk}" if chosen else path
        assert client.post(address, fields(rules, rule_set=rules.own.pk)).status_code == 400
    assert not Run.objects.exists()
