"""Groups of devices: named ones and filters, made and changed on screen, through the one door."""

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditRecord
from devices.groups import devices_of, filter_of, filter_problem
from devices.models import Device, DeviceGroup
from devices.services.groups import add_members, create_group
from headend.targets import Kind, Preview, Target, TargetError, check, named, preview, target_from, words
from headend.targets import devices_of as devices_of_target
from tests import factories as make
from tests.scene import Scene, signed_in, text

NEW = "/devices/groups/new/"


def _group(scene: Scene, **fields: str) -> DeviceGroup:
    return create_group(utility=scene.utility, user=scene.mikko, **({"name": "Large customers"} | fields))


def test_a_group_of_pasted_serial_numbers(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    asked = {"utility": scene.utility.pk, "name": "Two", "serials": f"{scene.near}, {scene.silent}"}
    client.post(NEW, asked)
    group = DeviceGroup.objects.get(name="Two")
    assert set(devices_of(group)) == {scene.near, scene.silent}
    page = text(client.get(group.get_absolute_url()))
    assert scene.near.serial_number in page and "/jobs/new/?target_kind=group&amp;target_value=Two" in page
    assert "There is a group of this name" in text(client.post(NEW, asked))
    assert "Unknown to" in text(client.post(NEW, asked | {"name": "Three", "serials": "NOBODY"}))
    assert AuditRecord.objects.filter(verb="devices added to group", username="mikko").exists()


def test_a_group_by_filter_is_what_it_finds_when_it_is_used(scene: Scene) -> None:
    group = _group(scene, query=filter_of("state=installed&sort=model&size=25"))
    assert group.query == "state=installed"
    before = devices_of(group).count()
    Device.objects.filter(pk=scene.near.pk).update(state="installed")
    Device.objects.filter(pk=scene.silent.pk).update(state="installed")
    assert devices_of(group).count() == 2 >= before
    stranger = make.make_device(make.make_utility("third"), state="installed")
    assert stranger not in devices_of(group)


@pytest.mark.parametrize("query", ["colour=red", "", "sort=model", "state=nowhere", "q=" + "x" * 1000])
def test_what_is_no_filter_is_refused(db: None, query: str) -> None:
    assert filter_problem(query)


def test_chosen_devices_are_added_from_the_list(scene: Scene) -> None:
    client, group = signed_in(scene.mikko), _group(scene)
    chosen = f"?action=group&pk={scene.near.pk}"
    asked = client.post(f"/devices/{chosen}", {"count": "1"})["Location"]
    assert "Add 1 device to a group" in text(client.get(asked))
    client.post(asked, {"group": group.pk})
    assert list(devices_of(group)) == [scene.near]
    client.post(f"{group.get_absolute_url()}?action=take_out&pk={scene.near.pk}", {"count": "1"})
    assert not devices_of(group).exists()


def test_groups_are_seen_through_the_door(scene: Scene) -> None:
    group = _group(scene)
    add_members(group=group, devices=Device.objects.all(), user=scene.mikko)
    assert signed_in(scene.stranger).get(group.get_absolute_url()).status_code == 404
    assert "Large customers" not in text(signed_in(scene.stranger).get(reverse("devices:groups")))
    assert Client().get(group.get_absolute_url()).status_code == 302
    delete = reverse("devices:group-delete", args=[group.pk])
    assert signed_in(scene.pekka).post(delete).status_code == 403
    assert signed_in(scene.stranger).post(delete).status_code == 404
    assert signed_in(scene.mikko).post(delete).status_code == 302 and not DeviceGroup.objects.exists()


def test_the_list_offers_its_filter_as_a_group(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    assert "Save filter as group" in text(client.get("/devices/?state=installed"))
    assert "Save filter as group" not in text(client.get("/devices/"))


def test_targets_stand_for_devices_in_reach(scene: Scene) -> None:
    group = _group(scene)
    add_members(group=group, devices=Device.objects.all(), user=scene.mikko)
    for target, told in (
        (named("group", "Large customers", utility=scene.utility), "Group: Large customers"),
        (Target(Kind.SERIALS, (scene.near.serial_number, scene.silent.serial_number)), None),
        (Target(), "All devices"),
    ):
        assert set(devices_of_target(target, utility=scene.utility)) == {scene.near, scene.silent}
        assert list(devices_of_target(target, utility=scene.utility, user=scene.pekka)) == [scene.near]
        assert told in (None, words(target, utility=scene.utility))
        assert target_from(target.as_json()) == target


def test_an_area_stands_for_what_hangs_there(scene: Scene) -> None:
    area = scene.near_point.transformer_area
    assert area is not None
    area.feeder = "F-1"
    area.save()
    scene.near_point.region = "Uusimaa"
    scene.near_point.save()
    for kind, value in ((Kind.AREA, "T-north"), (Kind.FEEDER, "F-1"), (Kind.REGION, "Uusimaa")):
        assert list(devices_of_target(Target(kind, (value,)), utility=scene.utility)) == [scene.near]


@pytest.mark.parametrize(
    "stored",
    [{"kind": "colour"}, {"kind": "group"}, {"kind": "area", "values": ["a", "b"]}, {"kind": "all", "values": ["a"]}],
)
def test_what_is_no_target_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(TargetError):
        target_from(stored)


def test_a_target_names_what_there_is(scene: Scene) -> None:
    for target in (Target(Kind.SERIALS, ("NOBODY",)), Target(Kind.GROUP, ("0",)), Target(Kind.AREA, ("T-0",))):
        with pytest.raises(TargetError):
            check(target, utility=scene.utility)


def test_what_a_job_would_read_is_counted_first(scene: Scene) -> None:
    make.make_device(scene.utility, state="in_operation", host="10.0.0.1")
    Device.objects.filter(pk__in=[scene.near.pk, scene.silent.pk]).update(state="in_operation", host="")
    Device.objects.filter(pk=scene.silent.pk).update(state="removed")
    counted = preview(Device.objects.filter(utility=scene.utility))
    assert counted == Preview(reads=1, not_installed=1, no_address=1)
    assert str(counted) == "reads 1 device; 1 has no address; 1 has nothing installed to be read"
