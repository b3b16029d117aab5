"""Reading a device on demand, and following the job."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from access.roles import API_CLIENT, ROLES
from devices.models import Device
from headend.models import Job, JobItem
from tests import factories as make
from tests.api.scene import Scene, ids
from tests.queries import count_queries


def _read(scene: Scene, user: Any, device: int, body: Any = None) -> Any:
    return scene.client(user).post(f"/api/v1/devices/{device}/read/", body or {}, content_type="application/json")


def test_reading_answers_202_with_the_job(scene: Scene) -> None:
    response = _read(scene, scene.northerner, scene.north.device.pk, {"what": ["registers", "events"]})
    assert response.status_code == 202
    body = response.json()
    job = Job.objects.get(pk=body["id"])
    assert response.headers["Location"] == body["url"] == f"http://testserver/api/v1/jobs/{job.pk}/"
    assert (job.created_by, job.parameters) == (scene.northerner, {"what": ["registers", "events"]})
    assert job.action == response.headers["X-Action-Id"]
    assert list(job.items.values_list("device", flat=True)) == [scene.north.device.pk]
    followed = scene.client(scene.northerner).get(response.headers["Location"]).json()
    assert followed == body
    assert followed["items"]["waiting"] == 1


def test_without_a_body_it_reads_the_usual(scene: Scene) -> None:
    job = _read(scene, scene.everyone, scene.north.device.pk).json()
    assert job["parameters"] == {"what": ["registers", "profile"]}
    assert job["priority"] == "on_demand"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"what": ["everything"]}, "what.0"),
        ({"what": []}, "what"),
        ({"what": "registers"}, "what"),
        (["registers"], "request"),
    ],
)
def test_a_wrong_order_makes_no_job(scene: Scene, body: Any, field: str) -> None:
    before = Job.objects.count()
    response = _read(scene, scene.everyone, scene.north.device.pk, body)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert Job.objects.count() == before


def test_a_body_that_is_not_json_is_refused(scene: Scene) -> None:
    client, url = scene.client(scene.everyone), f"/api/v1/devices/{scene.north.device.pk}/read/"
    assert client.post(url, "{", content_type="application/json").status_code == 400
    assert client.post(url, "a=b", content_type="application/x-www-form-urlencoded").status_code == 415


def test_reading_needs_the_permission_and_the_segment(scene: Scene) -> None:
    assert _read(scene, scene.northerner, scene.south.device.pk).status_code == 404
    assert _read(scene, scene.stranger, scene.north.device.pk).status_code == 404
    assert _read(scene, None, scene.north.device.pk).status_code == 401
    viewer = make.make_user(utilities=[scene.utility])
    viewer.user_permissions.set(_permissions_without_reading())
    refused = _read(scene, viewer, scene.north.device.pk)
    assert refused.status_code == 403
    assert "devices.read_device" in refused.json()["detail"]
    assert scene.client(viewer).get(f"/api/v1/devices/{scene.north.device.pk}/").status_code == 200


def _permissions_without_reading() -> list[Any]:
    assert "devices.read_device" in ROLES[API_CLIENT]
    return list(Group.objects.get(name=API_CLIENT).permissions.exclude(codename="read_device"))


def test_a_job_counts_devices_by_state(scene: Scene) -> None:
    job = make.make_job(scene.utility, [scene.north.device, scene.south.device])
    JobItem.objects.filter(job=job, device=scene.south.device).update(state="failed", last_cause="no_answer")
    whole = scene.client(scene.everyone).get(f"/api/v1/jobs/{job.pk}/").json()
    part = scene.client(scene.northerner).get(f"/api/v1/jobs/{job.pk}/").json()
    zero = {"running": 0, "ok": 0, "expired": 0, "cancelled": 0}
    assert whole["items"] == {"waiting": 1, "failed": 1, **zero}
    assert part["items"] == {"waiting": 1, "failed": 0, **zero}


def test_items_tell_the_cause_in_plain_words(scene: Scene) -> None:
    item = scene.north.item
    JobItem.objects.filter(pk=item.pk).update(
        state="failed", first_cause="no_answer", last_cause="wrong_key", attempts=2
    )
    url = f"/api/v1/jobs/{scene.north.job.pk}/items/"
    row = scene.client(scene.everyone).get(url, {"state": "failed"}).json()["results"][0]
    assert row["serial_number"] == scene.north.device.serial_number
    assert row["first_cause"]["text"] == "The device does not answer"
    assert (row["last_cause"]["code"], row["last_cause"]["text"]) == ("wrong_key", "The encryption key is wrong")
    assert ids(scene.client(scene.everyone).get(url, {"state": "ok"})) == []


def test_items_respect_segments(scene: Scene) -> None:
    job = make.make_job(scene.utility, [scene.north.device, scene.south.device])
    url = f"/api/v1/jobs/{job.pk}/items/"
    assert len(ids(scene.client(scene.everyone).get(url))) == 2
    assert ids(scene.client(scene.northerner).get(url)) == [job.items.get(device=scene.north.device).pk]
    assert scene.client(scene.stranger).get(url).status_code == 404
    assert scene.client(scene.roleless).get(url).status_code == 403
    assert scene.client(None).get(url).status_code == 401


def test_items_take_the_same_queries_however_many(scene: Scene) -> None:
    devices = [make.make_device(scene.utility, scene.segment) for _ in range(8)]
    client = scene.client(scene.everyone)
    client.get(f"/api/v1/jobs/{scene.north.job.pk}/items/")  # content types are looked up once per process
    for job in (scene.north.job, make.make_job(scene.utility, devices)):
        with count_queries() as counted:
            ids(client.get(f"/api/v1/jobs/{job.pk}/items/"))
        assert counted.number == 6


def test_a_device_that_cannot_be_read_is_a_conflict(scene: Scene) -> None:
    Device.objects.filter(pk=scene.north.device.pk).update(state="scrapped")
    before = Job.objects.count()
    response = _read(scene, scene.everyone, scene.north.device.pk)
    assert response.status_code == 409
    assert response.json()["type"] == "urn:openaim:problem:not-readable"
    assert "Scrapped" in response.json()["detail"]
    assert Job.objects.count() == before


def test_asking_again_while_it_is_read_answers_with_the_same_job(scene: Scene) -> None:
    first = _read(scene, scene.everyone, scene.north.device.pk, {"what": ["registers"]})
    again = _read(scene, scene.northerner, scene.north.device.pk, {"what": ["registers"]})
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = _read(scene, scene.northerner, scene.north.device.pk, {"what": ["events"]})
    assert other.json()["id"] != first.json()["id"]
