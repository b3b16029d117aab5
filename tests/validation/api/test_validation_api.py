"""Validation over REST: rules, findings and what is decided about them, runs, deliveries and corrections."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from access.models import User
from access.roles import ADMINISTRATOR
from metering import store
from metering.models import Series
from metering.quality import Quality
from tests import factories as make
from tests.validation.findings import DAY, Queue, build_queue, make_finding
from tests.validation.pages.test_corrections import make_correction
from validation.models import Assignment, Finding, Rule, RuleSet, Run
from validation.stretches import day_of


@pytest.fixture
def queue(db: None) -> Queue:
    cache.clear()
    return build_queue()


@pytest.fixture
def boss(queue: Queue) -> User:
    return make.make_user(ADMINISTRATOR, utilities=[queue.world.utility])


def client(user: User) -> Client:
    return Client(headers={"Authorization": f"Bearer {make.make_token(user)}"})


def send(user: User, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Status and document of a request."""
    given = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    answer = getattr(client(user), method)(f"/api/v1/{path}", **given)
    return answer.status_code, answer.json() if answer.content else None


def found(user: User, path: str) -> list[int]:
    code, page = send(user, "get", path)
    assert code == 200, page
    return [row["id"] for row in page["results"]]


def test_findings_by_filter_and_only_ones_own(queue: Queue) -> None:
    elsewhere = make_finding(queue.world.foreign, rule=queue.rule)
    assert found(queue.anna, f"findings/?rule={queue.rule.pk}") == [elsewhere.pk, queue.spike.pk]
    assert found(queue.anna, "findings/?condition=missing&state=open&state=reread") == [queue.gap.pk]
    assert found(
        queue.anna, f"findings/?day_from={DAY}&day_to={DAY}&series={queue.series.pk}&group={queue.group.pk}"
    ) == [queue.spike.pk]
    assert found(queue.world.pekka, f"findings/?rule={queue.rule.pk}") == [queue.spike.pk]
    assert found(queue.world.stranger, "findings/") == []
    assert send(queue.anna, "get", "findings/?colour=red")[0] == 400


def test_a_finding_says_why(queue: Queue) -> None:
    code, told = send(queue.anna, "get", f"findings/{queue.spike.pk}/")
    assert (code, told["value"], told["limit"], told["unit"], told["method"]) == (200, 13_200, 4_100.0, "Wh", None)
    assert told["why"]["found"] == "Spike: 13.200 kWh, limit 4.100 kWh"
    assert told["why"]["intervals"] == ["2026-10-25T12:00:00Z"]  # interval 60 of a day of 25 hours in Helsinki


def test_accepting_keeps_the_reason_and_changes_the_quality(queue: Queue) -> None:
    code, told = send(queue.anna, "post", f"findings/{queue.spike.pk}/accept/", {"reason": "The sauna was on"})
    assert (code, told["state"], told["closed_by"]) == (200, "accepted", queue.anna.username)
    day = day_of(queue.spike)
    assert int(Quality.ACCEPTED) in store.read([queue.series.pk], day.start, day.end).quality
    again, problem = send(queue.anna, "post", f"findings/{queue.spike.pk}/accept/", {"reason": "Twice"})
    assert again == 409 and "waits no longer" in problem["detail"]
    assert send(queue.anna, "post", f"findings/{queue.gap.pk}/accept/", {"reason": " "})[0] == 400


def test_estimating_by_one_method(queue: Queue) -> None:
    code, told = send(queue.anna, "post", f"findings/{queue.gap.pk}/estimate/", {"method": "linear"})
    assert (code, told["state"], told["method"]) == (200, "estimated", "linear"), told
    assert send(queue.anna, "post", f"findings/{queue.spike.pk}/estimate/", {"method": "magic"})[0] == 400


def test_assigning_and_commenting(queue: Queue) -> None:
    path = f"findings/{queue.spike.pk}"
    assert (
        send(queue.anna, "post", f"{path}/assign/", {"owner": queue.anna.username})[1]["owner"] == queue.anna.username
    )
    assert send(queue.anna, "post", f"{path}/assign/", {"owner": None})[1]["owner"] is None
    code, problem = send(queue.anna, "post", f"{path}/assign/", {"owner": "nobody-at-all"})
    assert code == 409 and "no user" in problem["detail"]
    assert send(queue.anna, "post", f"{path}/comment/", {"text": "Asked them"})[1]["notes"][0]["text"] == "Asked them"


def test_who_may_only_look_decides_nothing(queue: Queue) -> None:
    for act, body in (
        ("accept", {"reason": "No"}),
        ("estimate", {}),
        ("assign", {"owner": None}),
        ("comment", {"text": "x"}),
    ):
        assert send(queue.world.pekka, "post", f"findings/{queue.spike.pk}/{act}/", body)[0] == 403
        assert send(queue.world.stranger, "post", f"findings/{queue.spike.pk}/{act}/", body)[0] in (403, 404)
    queue.spike.refresh_from_db()
    assert queue.spike.state == Finding.State.OPEN


def test_rules_are_refused_by_field_and_shipped_ones_stay(queue: Queue, boss: User) -> None:
    rule_set = queue.rule.rule_set
    code, problem = send(boss, "post", "rules/", {"rule_set": rule_set.pk, "name": "Odd", "condition": "no_such_thing"})
    assert code == 400 and "condition" in json.dumps(problem)
    code, told = send(boss, "post", "rules/", {"rule_set": rule_set.pk, "name": "Gaps", "condition": "missing"})
    assert (code, told["position"], told["warnings"]) == (201, 3, []), told
    code, told = send(boss, "patch", f"rules/{told['id']}/", {"enabled": False})
    assert (code, told["enabled"], told["name"]) == (200, False, "Gaps")
    RuleSet.objects.filter(pk=rule_set.pk).update(shipped=True)
    assert send(boss, "patch", f"rules/{told['id']}/", {"enabled": True})[0] == 409
    assert send(boss, "delete", f"rules/{told['id']}/")[0] == 409
    RuleSet.objects.filter(pk=rule_set.pk).update(shipped=False)
    assert send(boss, "delete", f"rules/{told['id']}/")[0] == 204
    assert not Rule.objects.filter(pk=told["id"]).exists()


def test_operators_read_rules_and_change_none(queue: Queue) -> None:
    rule_set = queue.rule.rule_set
    code, told = send(queue.anna, "get", f"rule-sets/{rule_set.pk}/")
    assert code == 200 and [rule["name"] for rule in told["rules"]] == ["Spike", "Missing"]
    assert rule_set.pk in found(queue.anna, "rule-sets/?code=usual")
    assert found(queue.anna, f"rules/?rule_set={rule_set.pk}")
    assert send(queue.anna, "patch", f"rules/{queue.rule.pk}/", {"enabled": False})[0] == 403
    assert send(queue.anna, "post", "rules/", {"rule_set": rule_set.pk, "name": "x", "condition": "missing"})[0] == 403


def test_assigning_a_set(queue: Queue, boss: User) -> None:
    body = {"utility": queue.world.utility.code, "rule_set": queue.rule.rule_set_id, "series": queue.series.pk}
    code, told = send(boss, "post", "rule-assignments/", body)
    assert (code, told["role"], told["series"]) == (201, "arrival", queue.series.pk), told
    assert found(queue.anna, f"rule-assignments/?series={queue.series.pk}") == [told["id"]]
    assert send(queue.anna, "delete", f"rule-assignments/{told['id']}/")[0] == 403
    assert send(boss, "post", "rule-assignments/", body | {"utility": "elsewhere"})[0] == 400
    assert send(boss, "delete", f"rule-assignments/{told['id']}/")[0] == 204
    assert not Assignment.objects.filter(pk=told["id"]).exists()


def test_runs_by_hand_and_dry(queue: Queue) -> None:
    gsrn = queue.series.metering_point.gsrn
    body = {"utility": queue.world.utility.code, "first_day": f"{DAY}", "last_day": f"{DAY}", "gsrns": [gsrn]}
    code, told = send(queue.anna, "post", "validation-runs/", body | {"dry": True, "rule_set": queue.rule.rule_set_id})
    assert (code, told["dry"], told["state"], told["rule_set"]) == (202, True, "waiting", queue.rule.rule_set_id), told
    assert send(queue.anna, "post", f"validation-runs/{told['id']}/cancel/")[1]["state"] == Run.State.CANCELLED
    assert send(queue.anna, "post", f"validation-runs/{told['id']}/cancel/")[0] == 409
    assert found(queue.anna, "validation-runs/?dry=true") == [told["id"]]
    assert found(queue.anna, "validation-runs/?dry=false") == []
    assert send(queue.world.pekka, "post", "validation-runs/", body)[0] == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"utility": "elsewhere"}, "utility"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"gsrns": ["649999990000009999"]}, "gsrns"),
        ({"rule_set": 999_999}, "rule_set"),
        ({"group": 1}, "group"),
        ({"against": 1}, "against"),
    ],
)
def test_a_run_that_cannot_be(queue: Queue, change: dict[str, Any], field: str) -> None:
    body = {
        "utility": queue.world.utility.code, "first_day": f"{DAY}", "last_day": f"{DAY}",
        "gsrns": [queue.series.metering_point.gsrn],
    }  # fmt: skip
    code, problem = send(queue.anna, "post", "validation-runs/", body | change)
    assert code == 400 and field in json.dumps(problem), problem
    assert not Run.objects.exists()


def test_corrections_deliveries_and_groups(queue: Queue) -> None:
    row = make_correction(queue.series)
    make_correction(queue.world.foreign, date(2026, 10, 1))
    code, told = send(queue.world.pekka, "get", f"corrections/{row.pk}/")
    assert (code, told["before"], told["after"], told["exponent"], told["receiver"]) == (200, 9_600, 13_200, 0, "HUB")
    assert found(queue.world.pekka, "corrections/?state=open") == [row.pk]
    assert found(queue.anna, f"deliveries/?series={queue.series.pk}&day_from={DAY}&day_to={DAY}") == [row.delivery_id]
    assert found(queue.world.pekka, "deliveries/?receiver=HUB") == [row.delivery_id]
    assert found(queue.anna, "result-groups/") == [queue.group.pk]
    assert found(queue.world.stranger, "corrections/") == found(queue.world.stranger, "deliveries/") == []


def test_the_values_say_how_they_were_estimated(queue: Queue) -> None:
    send(queue.anna, "post", f"findings/{queue.gap.pk}/estimate/", {"method": "linear"})
    series: Series = queue.series
    code, told = send(queue.anna, "get", f"series/{series.pk}/values/?start={DAY}&end=2026-10-26")
    names = {(run["name"], run["method"], run["scaled"]) for run in told["quality"]}
    assert code == 200 and ("edited", None, False) in names and ("measured", None, False) in names
