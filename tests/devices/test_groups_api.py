"""Device groups over the API: made of serial numbers or by a filter, their members, who may."""

from typing import Any

import pytest
from django.test import Client

from access.models import AuditRecord
from devices.models import DeviceGroup
from events.models import AlarmRule
from tests import factories as make
from tests.scene import Scene, scene

__all__ = ["scene"]


def ask(user: Any, path: str = "", body: Any = None, verb: str = "post") -> Any:
    headers = {"authorization": f"Bearer {make.make_token(user)}"}
    return getattr(Client(), verb)(f"/api/v1/groups/{path}", body, content_type="application/json", headers=headers)


def _made(scene: Scene, **more: Any) -> Any:
    return ask(scene.mikko, body={"utility": scene.utility.code, "name": "Large customers", **more})


def _members(scene: Scene, group: int, user: Any = None) -> list[str]:
    rows = ask(user or scene.mikko, f"{group}/members/", verb="get").json()["results"]
    return sorted(row["serial_number"] for row in rows)


def test_a_group_is_made_of_serial_numbers(scene: Scene) -> None:
    answer = _made(scene, serial_numbers=[scene.near.serial_number], description="Above 63 A")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["kind"], made["named"], made["utility"]) == ("static", 1, scene.utility.code)
    assert _members(scene, made["id"]) == [scene.near.serial_number]
    verbs = AuditRecord.objects.filter(username="mikko").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["device group made", "devices added to group"]


def test_a_group_by_filter_is_what_it_finds(scene: Scene) -> None:
    made = _made(scene, query=f"q={scene.near.serial_number}").json()
    assert (made["kind"], made["named"]) == ("dynamic", None)
    assert _members(scene, made["id"]) == [scene.near.serial_number]
    refused = ask(scene.mikko, f"{made['id']}/add/", {"serial_numbers": [scene.silent.serial_number]})
    assert (refused.status_code, refused["content-type"]) == (409, "application/problem+json")


def test_devices_are_added_and_taken_out(scene: Scene) -> None:
    pk, both = _made(scene).json()["id"], [scene.near.serial_number, scene.silent.serial_number]
    assert ask(scene.mikko, f"{pk}/add/", {"serial_numbers": both}).json() == {"changed": 2}
    assert ask(scene.mikko, f"{pk}/add/", {"serial_numbers": both[:1]}).json() == {"changed": 0}
    assert ask(scene.mikko, f"{pk}/take-out/", {"serial_numbers": both[:1]}).json() == {"changed": 1}
    assert _members(scene, pk) == both[1:]
    assert ask(scene.mikko, f"{pk}/", verb="get").json()["named"] == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"utility": "nobody"}, "utility"),
        ({"serial_numbers": ["NOBODY"]}, "serial_numbers"),
        ({"serial_numbers": ["NOBODY"], "query": "state=installed"}, "serial_numbers"),
        ({"query": "colour=blue"}, "query"),
        ({"query": "state=painted"}, "query"),
        ({"name": ""}, "name"),
        ({"name": "n" * 81}, "name"),
    ],
)
def test_a_wrong_group_is_refused_by_field(scene: Scene, wrong: dict[str, Any], field: str) -> None:
    answer = _made(scene, **wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not DeviceGroup.objects.exists()


def test_a_name_is_there_once(scene: Scene) -> None:
    assert _made(scene).status_code == 201
    assert list(_made(scene).json()["errors"]) == ["name"]


def test_who_may(scene: Scene) -> None:
    pk, body = _made(scene).json()["id"], {"serial_numbers": [scene.near.serial_number]}
    assert ask(scene.pekka, body={"utility": scene.utility.code, "name": "Mine"}).status_code == 403
    for act in ("add", "take-out"):
        assert ask(scene.pekka, f"{pk}/{act}/", body).status_code == 403
        assert ask(scene.stranger, f"{pk}/{act}/", body).status_code == 404
    assert ask(scene.stranger, f"{pk}/members/", verb="get").status_code == 404
    assert ask(scene.stranger, f"{pk}/", verb="get").status_code == 404


def test_a_group_is_deleted_and_its_devices_stay(scene: Scene) -> None:
    pk = _made(scene, serial_numbers=[scene.near.serial_number]).json()["id"]
    for user, status in ((scene.pekka, 403), (scene.stranger, 404), (scene.mikko, 204), (scene.mikko, 404)):
        assert ask(user, f"{pk}/", verb="delete").status_code == status
    assert type(scene.near).objects.filter(pk=scene.near.pk).exists()
    assert AuditRecord.objects.filter(username="mikko", verb="device group deleted").count() == 1


def test_a_group_a_schedule_reads_stays(scene: Scene) -> None:
    pk = _made(scene).json()["id"]
    scene.schedule.target = {"kind": "group", "values": [str(pk)]}
    scene.schedule.save()
    refused = ask(scene.mikko, f"{pk}/", verb="delete")
    assert (refused.status_code, refused["content-type"]) == (409, "application/problem+json")
    assert refused.json()["detail"] == "The group “Large customers” is in use and stays: schedule Load profile."
    assert DeviceGroup.objects.filter(pk=pk).exists()
    assert not AuditRecord.objects.filter(verb="device group deleted").exists()
    scene.schedule.delete()
    assert ask(scene.mikko, f"{pk}/", verb="delete").status_code == 204


def test_a_group_a_rule_tells_of_stays(scene: Scene) -> None:
    group = DeviceGroup.objects.get(pk=_made(scene).json()["id"])
    AlarmRule.objects.create(utility=scene.utility, name="On call", group=group, emails=["a@example.org"])
    refused = ask(scene.mikko, f"{group.pk}/", verb="delete")
    assert refused.status_code == 409
    assert refused.json()["detail"].endswith("stays: alarm rule On call.")
    assert not AuditRecord.objects.filter(verb="device group deleted").exists()


def test_members_are_those_open_to_the_user(scene: Scene) -> None:
    pk = _made(scene, serial_numbers=[scene.near.serial_number, scene.silent.serial_number]).json()["id"]
    assert len(_members(scene, pk)) == 2
    assert ask(scene.roleless, f"{pk}/members/", verb="get").status_code == 403
