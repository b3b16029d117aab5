"""Schedules: in words, run out of turn, switched on and off."""

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord
from headend.models import Job, Schedule
from headend.rhythm import kind_name, rhythm_words
from tests import factories as make
from tests.queries import count_queries
from tests.scene import Scene, signed_in, text

LIST = "/schedules/"


def url(name: str, scene: Scene) -> str:
    return reverse(f"headend:{name}", args=[scene.schedule.pk])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rhythm": "minutes", "every_min": 15, "at_minute": 1}, "every 15 min, 1 min past"),
        ({"rhythm": "minutes", "every_min": 60, "at_minute": 0}, "every hour"),
        ({"rhythm": "minutes", "every_min": 240}, "every 4 h"),
        ({"rhythm": "minutes", "every_min": 90}, "every 90 min"),
        ({"rhythm": "daily", "at_minute": 30}, "daily at 00:30"),
        ({"rhythm": "daily", "at_minute": 1439}, "daily at 23:59"),
    ],
)
def test_rhythms_in_words(fields: dict[str, object], words: str) -> None:
    assert rhythm_words(Schedule(**fields)) == words


def test_kinds_have_names_and_unknown_ones_their_code() -> None:
    assert kind_name("gaps") == "Missing values"
    assert kind_name("long_gone") == "long_gone"


def test_who_sees_schedules(scene: Scene) -> None:
    assert "Load profile" in text(signed_in(scene.mikko).get(LIST))
    assert "No schedules yet" in text(signed_in(scene.stranger).get(LIST))
    assert signed_in(scene.pekka).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_the_page_shows_the_runs(scene: Scene) -> None:
    page = text(signed_in(scene.mikko).get(url("schedule", scene)))
    assert scene.job.get_absolute_url() in page and "Done, some failed" in page and "Europe/Helsinki" in page
    assert signed_in(scene.stranger).get(url("schedule", scene)).status_code == 404
    assert signed_in(scene.pekka).get(url("schedule", scene)).status_code == 403


def test_a_run_out_of_turn_is_in_the_name_of_the_person(scene: Scene) -> None:
    response = signed_in(scene.mikko).post(url("schedule-run", scene))
    job = Job.objects.get(created_by=scene.mikko)
    assert response["Location"] == job.get_absolute_url()
    assert (job.schedule, job.items.count()) == (scene.schedule, 2)
    assert AuditRecord.objects.filter(verb="job created", username="mikko").exists()


def test_switching_off_and_on_is_recorded_with_the_next_run(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    client.post(url("schedule-off", scene))
    scene.schedule.refresh_from_db()
    assert (scene.schedule.enabled, scene.schedule.next_run_at) == (False, None)
    client.post(url("schedule-on", scene))
    scene.schedule.refresh_from_db()
    assert scene.schedule.enabled and scene.schedule.next_run_at is not None
    verbs = AuditRecord.objects.filter(verb__startswith="schedule").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["schedule switched off", "schedule switched on"]
    changes = text(client.get(reverse("headend:schedule", args=[scene.schedule.pk, "changes"])))
    assert "enabled" in changes.lower() and "<del>" in changes


@pytest.mark.parametrize("name", ["schedule-run", "schedule-on", "schedule-off"])
def test_who_may_steer_schedules(scene: Scene, name: str) -> None:
    assert signed_in(scene.pekka).post(url(name, scene)).status_code == 403
    assert signed_in(scene.stranger).post(url(name, scene)).status_code == 404
    assert signed_in(scene.mikko).get(url(name, scene)).status_code == 405
    scene.schedule.refresh_from_db()
    assert scene.schedule.enabled and Job.objects.count() == 1


def test_several_are_switched_off_in_one_go(scene: Scene) -> None:
    off = Schedule.objects.create(utility=scene.utility, name="Off", kind="daily", rhythm="daily", enabled=False)
    client, query = signed_in(scene.mikko), f"{LIST}?action=off&all=1"
    assert "1 of the selection is left out: they are off already" in text(client.get(query))
    assert client.post(query, {"count": "1"})["Location"] == LIST
    assert not Schedule.objects.filter(enabled=True).exists()
    client.post(f"{LIST}?action=on&pk={off.pk}", {"count": "1"})
    assert list(Schedule.objects.filter(enabled=True)) == [off]


def test_several_are_run_in_one_go(scene: Scene) -> None:
    response = signed_in(scene.mikko).post(f"{LIST}?action=run&all=1", {"count": "1"})
    assert response["Location"] == Job.objects.get(created_by=scene.mikko).get_absolute_url()


def test_queries_do_not_grow_with_the_runs(scene: Scene) -> None:
    client, counts = signed_in(scene.mikko), []
    for number in (0, 8):
        for _ in range(number):
            make.make_job(scene.utility, [scene.near], state="ok", schedule=scene.schedule)
        with count_queries() as counted:
            client.get(url("schedule", scene))
        counts.append(counted.number)
    assert counts[0] == counts[1] <= 20
