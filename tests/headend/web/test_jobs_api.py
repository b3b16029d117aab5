"""Jobs over the API: made for a target and counted, steered, each by who may."""

from typing import Any

import pytest
from django.test import Client

from access.models import AuditRecord
from devices.models import Device
from devices.services.groups import add_members, create_group
from headend.models import Job
from tests import factories as make
from tests.scene import Scene

STEERINGS = ("pause", "resume", "cancel", "retry", "add", "take-out")


def ask(user: Any, path: str = "", body: Any = None, verb: str = "post") -> Any:
    headers = {"authorization": f"Bearer {make.make_token(user)}"}
    return getattr(Client(), verb)(f"/api/v1/jobs/{path}", body, content_type="application/json", headers=headers)


def _aimed(*devices: Device) -> dict[str, Any]:
    return {"target": {"kind": "serials", "values": [device.serial_number for device in devices]}}


def _order(scene: Scene, *devices: Device, **more: Any) -> dict[str, Any]:
    return {"utility": scene.utility.code, **_aimed(*devices), **more}


def _job(scene: Scene) -> Job:
    return make.make_job(scene.utility, [scene.near, scene.silent])


def test_a_job_is_made_for_a_target_and_counts_what_it_reads(scene: Scene) -> None:
    Device.objects.filter(pk=scene.silent.pk).update(host="")
    answer = ask(scene.mikko, body=_order(scene, scene.near, scene.silent, what=["registers"], keep_frames=True))
    assert answer.status_code == 202, answer.content
    made = answer.json()
    job = Job.objects.get(pk=made["id"])
    assert answer["Location"].endswith(f"/jobs/{job.pk}/")
    assert (made["items"]["waiting"], made["left_out"]) == (1, {"not_installed": 0, "no_address": 1})
    assert (made["priority"], made["parameters"], made["keep_frames"]) == ("bulk", {"what": ["registers"]}, True)
    assert job.keep_frames
    assert job.created_by == scene.mikko
    assert AuditRecord.objects.filter(verb="job created", username="mikko").exists()


def test_a_job_tells_its_target(scene: Scene) -> None:
    group = create_group(utility=scene.utility, name="Large customers", user=scene.mikko)
    add_members(group=group, devices=Device.objects.filter(pk=scene.near.pk), user=scene.mikko)
    aimed = {"utility": scene.utility.code, "target": {"kind": "group", "values": [str(group.pk)]}}
    made = ask(scene.mikko, body=aimed).json()
    shown = ask(scene.mikko, f"{made['id']}/", verb="get").json()
    assert shown["target"] == {"kind": "group", "values": [str(group.pk)], "words": "Group: Large customers"}
    named = ask(scene.mikko, body=_order(scene, scene.near)).json()["target"]
    assert (named["values"], scene.near.serial_number in named["words"]) == ([], True)
    assert ask(scene.mikko, f"{_job(scene).pk}/", verb="get").json()["target"] is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"utility": "nobody"}, "utility"),
        ({"target": {"kind": "serials", "values": ["NOBODY"]}}, "target"),
        ({"target": {"kind": "group", "values": ["999999"]}}, "target"),
        ({"target": {"kind": "all", "values": ["x"]}}, "target"),
        ({"target": {"kind": "street"}}, "target.kind"),
        ({"kind": "profile", "what": ["registers"]}, "what"),
        ({"priority": "now"}, "priority"),
        ({"expires_min": 0}, "expires_min"),
        ({"expires_min": 99_999}, "expires_min"),
    ],
)
def test_a_wrong_order_is_refused_by_field(scene: Scene, wrong: dict[str, Any], field: str) -> None:
    answer = ask(scene.mikko, body=_order(scene, scene.near) | wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Job.objects.filter(created_by=scene.mikko).exists()


def test_a_job_that_would_read_nothing_is_not_made(scene: Scene) -> None:
    Device.objects.filter(pk=scene.near.pk).update(host="")
    answer = ask(scene.mikko, body=_order(scene, scene.near))
    assert answer.status_code == 409
    assert answer["content-type"] == "application/problem+json"
    assert "1 has no address" in answer.json()["detail"]


def test_on_demand_is_for_a_few(scene: Scene) -> None:
    many = [make.make_device(scene.utility, state="installed") for _ in range(6)]
    answer = ask(scene.mikko, body=_order(scene, *many, priority="on_demand"))
    assert list(answer.json()["errors"]) == ["priority"]
    assert ask(scene.mikko, body=_order(scene, *many[:5], priority="on_demand")).json()["priority"] == "on_demand"


def test_a_job_is_paused_goes_on_and_is_cancelled(scene: Scene) -> None:
    job = _job(scene)
    paused = ask(scene.mikko, f"{job.pk}/pause/")
    assert (paused.status_code, paused.json()["state"], paused.json()["changed"]) == (200, "paused", 2)
    again = ask(scene.mikko, f"{job.pk}/pause/")
    assert (again.status_code, again.json()["detail"]) == (409, "Only a job that runs can be paused.")
    assert ask(scene.mikko, f"{job.pk}/resume/").json()["state"] == "running"
    cancelled = ask(scene.mikko, f"{job.pk}/cancel/").json()
    assert (cancelled["state"], cancelled["changed"], cancelled["items"]["cancelled"]) == ("cancelled", 2, 2)
    verbs = AuditRecord.objects.filter(username="mikko").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["job paused", "job resumed", "job cancelled"]


def test_what_failed_is_retried_by_cause(scene: Scene) -> None:
    job = _job(scene)
    job.items.filter(device=scene.near).update(state="failed", last_cause="no_keys")
    job.items.filter(device=scene.silent).update(state="failed", last_cause="no_answer")
    assert ask(scene.mikko, f"{job.pk}/retry/", {"cause": "weather"}).status_code == 400
    assert ask(scene.mikko, f"{job.pk}/retry/", {"cause": "no_keys"}).json()["changed"] == 1
    assert ask(scene.mikko, f"{job.pk}/retry/", {}).json()["changed"] == 1
    assert job.items.filter(state="waiting").count() == 2


def test_devices_are_added_and_taken_out(scene: Scene) -> None:
    job = make.make_job(scene.utility, [scene.silent])
    added = ask(scene.mikko, f"{job.pk}/add/", _aimed(scene.near)).json()
    assert (added["changed"], added["items"]["waiting"]) == (1, 2)
    assert ask(scene.mikko, f"{job.pk}/add/", _aimed(scene.near)).json()["changed"] == 0
    assert ask(scene.mikko, f"{job.pk}/take-out/", {}).status_code == 400
    taken = ask(scene.mikko, f"{job.pk}/take-out/", _aimed(scene.near)).json()
    assert (taken["changed"], taken["items"]["cancelled"]) == (1, 1)


@pytest.mark.parametrize("act", STEERINGS)
def test_who_may_steer(scene: Scene, act: str) -> None:
    job, body = _job(scene), _aimed(scene.near)
    assert ask(scene.pekka, f"{job.pk}/{act}/", body).status_code == 403
    assert ask(scene.stranger, f"{job.pk}/{act}/", body).status_code == 404
    job.refresh_from_db()
    assert job.state == "running"


@pytest.mark.parametrize("act", STEERINGS)
def test_who_sees_a_part_of_a_job_steers_none_of_it(scene: Scene, act: str) -> None:
    part = make.make_segment(scene.utility, "part")
    Device.objects.filter(pk=scene.near.pk).update(segment=part)
    keeper = make.make_user("Metering operator", segments=[part])
    answer = ask(keeper, f"{_job(scene).pk}/{act}/", _aimed(scene.near))
    assert (answer.status_code, "outside your segments" in answer.json()["detail"]) == (403, True)


def test_who_may_make_a_job(scene: Scene) -> None:
    assert ask(scene.pekka, body=_order(scene, scene.near)).status_code == 403
    refused = ask(scene.stranger, body=_order(scene, scene.near))
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["utility"])
