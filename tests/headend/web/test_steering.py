"""Steering a job from its page: who may, what changes, what the page tells."""

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord
from headend.models import Job, JobItem
from tests import factories as make
from tests.scene import Scene, signed_in, text


def _url(name: str, job: Job) -> str:
    return reverse(f"headend:{name}", args=[job.pk])


def _job(scene: Scene) -> Job:
    return make.make_job(scene.utility, [scene.near, scene.silent], title="Open job")


def _state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_a_job_is_paused_and_goes_on(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), _job(scene)
    client.post(_url("job-pause", job))
    page = text(client.get(job.get_absolute_url()))
    assert _state(job) == "paused" and "Go on" in page and "Retry" not in page
    client.post(_url("job-resume", job))
    assert _state(job) == "running"
    told = text(client.post(_url("job-resume", job), follow=True))
    assert "The job is not paused." in told


@pytest.mark.parametrize("name", ["job-pause", "job-resume", "job-add", "job-change"])
def test_who_may_steer(scene: Scene, name: str) -> None:
    job = _job(scene)
    assert signed_in(scene.pekka).post(_url(name, job)).status_code == 403
    assert signed_in(scene.stranger).post(_url(name, job)).status_code == 404
    assert Client().post(_url(name, job)).status_code == 302
    assert _state(job) == "running"


def test_the_page_counts_causes_and_retries_one_of_them(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), _job(scene)
    job.items.filter(device=scene.near).update(state="failed", last_cause="no_keys")
    job.items.filter(device=scene.silent).update(state="failed", last_cause="no_answer")
    page = text(client.get(job.get_absolute_url()))
    assert "The keys of the device are not in the key store" in page and "?cause=no_keys" in page
    client.post(_url("job-retry", job), {"cause": "no_keys"})
    assert dict(job.items.values_list("device", "state")) == {scene.near.pk: "waiting", scene.silent.pk: "failed"}


def test_devices_are_added_by_serial_number(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), make.make_job(scene.utility, [scene.near])
    asked = {"target_kind": "serials", "target_value": scene.silent.serial_number}
    assert client.post(_url("job-add", job), asked | {"target_value": "NOBODY"}).status_code == 400
    scene.silent.host = "10.0.0.1"
    scene.silent.save()
    client.post(_url("job-add", job), asked)
    assert job.items.filter(device=scene.silent, state="waiting").exists()
    assert AuditRecord.objects.filter(verb="devices added to job", username="mikko").exists()


def test_priority_and_expiry_are_changed(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), _job(scene)
    expires_at = job.expires_at
    client.post(_url("job-change", job), {"priority": "90", "minutes": "600"})
    job.refresh_from_db()
    assert job.expires_at > expires_at
    assert set(job.items.values_list("priority", flat=True)) == {90}


def test_waiting_devices_are_taken_out_on_the_list(scene: Scene) -> None:
    client, job = signed_in(scene.mikko), _job(scene)
    item = job.items.get(device=scene.near)
    client.post(f"{job.get_absolute_url()}?action=take_out&pk={item.pk}", {"count": "1"})
    assert dict(job.items.values_list("device", "state")) == {scene.near.pk: "cancelled", scene.silent.pk: "waiting"}


def _order(scene: Scene, **changes: object) -> dict[str, object]:
    return {
        "utility": scene.utility.pk, "kind": "read_now", "what": ["registers"], "priority": "10", "minutes": "30",
        "target_kind": "area", "target_value": "T-north",
    } | changes  # fmt: skip


def test_a_new_job_is_counted_then_started(scene: Scene) -> None:
    client, url = signed_in(scene.mikko), reverse("headend:job-new")
    scene.near.host = "10.0.0.1"
    scene.near.save()
    jobs = Job.objects.count()
    assert "reads 1 device" in text(client.post(url, _order(scene, look="1"))) and Job.objects.count() == jobs
    client.post(url, _order(scene))
    job = Job.objects.latest("pk")
    assert (job.target_words, job.target["kind"]) == ("Transformer area: T-north", "area")
    assert list(JobItem.objects.filter(job=job).values_list("device", flat=True)) == [scene.near.pk]
    assert "Transformer area: T-north" in text(client.get(job.get_absolute_url()))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"target_value": "T-nowhere"}, "has no metering points"),
        ({"target_kind": "group", "target_value": "Nobody"}, "has no such group"),
        ({"target_kind": "filter", "target_value": "colour=red"}, "has no filter colour"),
        ({"what": []}, "Say what is to be read"),
        ({"minutes": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_ordered_is_said(scene: Scene, changes: dict[str, object], problem: str) -> None:
    response = signed_in(scene.mikko).post(reverse("headend:job-new"), _order(scene, **changes))
    assert response.status_code == 400 and problem in text(response)


def test_who_may_order(scene: Scene) -> None:
    assert signed_in(scene.pekka).post(reverse("headend:job-new"), _order(scene)).status_code == 403
    assert signed_in(scene.stranger).post(reverse("headend:job-new"), _order(scene)).status_code == 400
