"""Schedules over the API."""

from typing import Any

import pytest
from django.test import Client

from access.models import AuditRecord
from headend.models import Job, Schedule
from tests.factories import make_administrator, make_token
from tests.scene import Scene


def ask(user: Any, verb: str, path: str) -> Any:
    return getattr(Client(), verb)(f"/api/v1/schedules/{path}", headers={"authorization": f"Bearer {make_token(user)}"})


def test_schedules_are_shown_with_their_rhythm(scene: Scene) -> None:
    (row,) = ask(scene.mikko, "get", "").json()["results"]
    assert (row["name"], row["when"], row["enabled"]) == ("Load profile", "every 15 min", True)
    assert ask(scene.stranger, "get", f"{scene.schedule.pk}/").status_code == 404
    assert ask(scene.pekka, "get", "").status_code == 403


def test_a_run_out_of_turn_answers_with_its_job(scene: Scene) -> None:
    answer = ask(scene.mikko, "post", f"{scene.schedule.pk}/run/")
    assert answer.status_code == 202
    job = Job.objects.get(created_by=scene.mikko)
    assert job.target_words == "All devices"
    assert answer["Location"].endswith(f"/jobs/{job.pk}/")
    assert ask(scene.pekka, "post", f"{scene.schedule.pk}/run/").status_code == 403
    assert ask(scene.stranger, "post", f"{scene.schedule.pk}/run/").status_code == 404


def test_switched_off_and_on(scene: Scene) -> None:
    off = ask(scene.mikko, "post", f"{scene.schedule.pk}/off/").json()
    assert (off["enabled"], off["next_run_at"]) == (False, None)
    on = ask(scene.mikko, "post", f"{scene.schedule.pk}/on/").json()
    assert on["enabled"]
    assert on["next_run_at"].endswith("Z")


NIGHTLY: dict[str, Any] = {
    "utility": "energia", "name": "Nightly", "kind": "daily", "rhythm": "weekly", "weekdays": [0, 4],
    "at_minute": 390, "window_min": 30, "expires_min": 90,
    "blackouts": [{"weekdays": [5, 6], "start": 0, "end": 300}],
}  # fmt: skip


def send(user: Any, verb: str, path: str, body: Any = None) -> Any:
    headers = {"authorization": f"Bearer {make_token(user)}"}
    return getattr(Client(), verb)(f"/api/v1/schedules/{path}", body, "application/json", headers=headers)


def nightly(scene: Scene, **changed: Any) -> dict[str, Any]:
    return {**NIGHTLY, "utility": scene.utility.code, **changed}


def test_a_schedule_is_made_changed_and_deleted(scene: Scene) -> None:
    made = send(scene.mikko, "post", "", nightly(scene, target={"kind": "area", "values": ["T-north"]}))
    assert made.status_code == 201, made.json()
    row = made.json()
    assert row["when"] == "Mon, Fri at 06:30"
    assert row["target"] == {"kind": "area", "values": ["T-north"], "words": "Transformer area: T-north"}
    assert len(row["next_runs"]) == 5
    assert row["next_runs"][0] == row["next_run_at"]
    changed = send(scene.mikko, "patch", f"{row['id']}/", {"at_minute": 450, "target": None}).json()
    assert (changed["when"], changed["target"]["words"]) == ("Mon, Fri at 07:30", "All devices")
    assert changed["blackouts"] == NIGHTLY["blackouts"]
    kept = Schedule.objects.get(pk=row["id"])
    assert (kept.at_minute, kept.target, kept.weekdays) == (450, None, [0, 4])
    assert kept.next_run_at is not None
    assert kept.next_run_at.isoformat().replace("+00:00", "Z") == changed["next_runs"][0]
    verbs = set(AuditRecord.objects.filter(username="mikko").values_list("verb", flat=True))
    assert verbs >= {"schedule made", "schedule changed"}
    assert send(make_administrator(), "delete", f"{row['id']}/").status_code == 204
    assert not Schedule.objects.filter(name="Nightly").exists()
    assert AuditRecord.objects.filter(verb="schedule deleted").exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"rhythm": "once"}, "once_at"),
        ({"rhythm": "once", "once_at": "2020-01-01T00:00:00Z"}, "once_at"),
        ({"expires_min": 30}, "expires_min"),
        ({"blackouts": [{"weekdays": list(range(7)), "start": 0, "end": 0}]}, "blackouts"),
        ({"blackouts": [{"weekdays": [9], "start": 0, "end": 5}]}, "blackouts.0.weekdays.0"),
        ({"name": "Load profile"}, "request"),
        ({"kind": "nothing"}, "kind"),
        ({"target": {"kind": "area", "values": ["nowhere"]}}, "target"),
        ({"utility": "other"}, "utility"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said_by_field(scene: Scene, changed: dict[str, Any], field: str) -> None:
    answer = send(scene.mikko, "post", "", nightly(scene, **changed))
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert Schedule.objects.count() == 1


def test_a_change_that_makes_no_sense_changes_nothing(scene: Scene) -> None:
    answer = send(scene.mikko, "patch", f"{scene.schedule.pk}/", {"rhythm": "weekly", "weekdays": []})
    assert "weekdays" in answer.json()["errors"]
    scene.schedule.refresh_from_db()
    assert scene.schedule.rhythm == "minutes"


def test_a_schedule_that_is_off_stays_off_when_it_is_changed(scene: Scene) -> None:
    ask(scene.mikko, "post", f"{scene.schedule.pk}/off/")
    changed = send(scene.mikko, "patch", f"{scene.schedule.pk}/", {"every_min": 30}).json()
    assert (changed["enabled"], changed["next_run_at"], changed["next_runs"]) == (False, None, [])


def test_who_may_make_change_and_delete_schedules(scene: Scene) -> None:
    one = f"{scene.schedule.pk}/"
    assert send(scene.pekka, "post", "", nightly(scene)).status_code == 403
    assert send(scene.pekka, "patch", one, {"every_min": 30}).status_code == 403
    assert send(scene.stranger, "patch", one, {"every_min": 30}).status_code == 404
    assert send(scene.mikko, "delete", one).status_code == 403
    assert Schedule.objects.get().every_min == 15
