"""Schedules over the API."""

from typing import Any

from django.test import Client

from headend.models import Job
from tests.factories import make_token
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
    assert answer["Location"].endswith(f"/jobs/{job.pk}/")
    assert ask(scene.pekka, "post", f"{scene.schedule.pk}/run/").status_code == 403
    assert ask(scene.stranger, "post", f"{scene.schedule.pk}/run/").status_code == 404


def test_switched_off_and_on(scene: Scene) -> None:
    off = ask(scene.mikko, "post", f"{scene.schedule.pk}/off/").json()
    assert (off["enabled"], off["next_run_at"]) == (False, None)
    on = ask(scene.mikko, "post", f"{scene.schedule.pk}/on/").json()
    assert on["enabled"]
    assert on["next_run_at"].endswith("Z")
