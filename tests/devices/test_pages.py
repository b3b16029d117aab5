"""The device list and page: what they show, to whom, at what cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.roles import METERING_OPERATOR
from devices.keystore import store_key
from devices.models import Device
from headend.models import Gap, Job
from metering.models import Series
from tests import factories as make
from tests.queries import count_queries
from tests.scene import NASTY, Scene, signed_in, text

LIST = "/devices/"
TABS = ["", "values", "events", "communication", "installations", "changes"]


def page(device: Device, tab: str = "") -> str:
    return reverse("devices:device", args=[device.pk, tab] if tab else [device.pk])


def shown(client: Client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return text(response)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_to_who_may_see_the_device_only(scene: Scene, tab: str) -> None:
    assert signed_in(scene.mikko).get(page(scene.silent, tab)).status_code == 200
    assert signed_in(scene.pekka).get(page(scene.near, tab)).status_code == 200
    assert signed_in(scene.pekka).get(page(scene.silent, tab)).status_code == 404
    assert signed_in(scene.stranger).get(page(scene.silent, tab)).status_code == 404
    assert signed_in(scene.roleless).get(page(scene.near, tab)).status_code == 403
    assert Client().get(page(scene.near, tab)).status_code == 302


@pytest.mark.parametrize("tab", TABS)
def test_what_the_meter_said_is_escaped(scene: Scene, tab: str) -> None:
    seen = shown(signed_in(scene.mikko), page(scene.near, tab))
    assert NASTY not in seen and "&lt;script&gt;" in seen


def test_a_tab_that_does_not_exist_is_not_found(scene: Scene) -> None:
    assert signed_in(scene.mikko).get(page(scene.near, "keys")).status_code == 404


def test_the_list_shows_the_devices_of_the_segment(scene: Scene) -> None:
    all_of_them, some = (shown(signed_in(user), LIST) for user in (scene.mikko, scene.pekka))
    assert scene.near.serial_number in all_of_them and scene.silent.serial_number in all_of_them
    assert scene.near.serial_number in some and scene.silent.serial_number not in some
    assert NASTY not in all_of_them
    assert signed_in(scene.roleless).get(LIST).status_code == 403


def test_the_list_says_how_the_last_contact_went(scene: Scene) -> None:
    seen = shown(signed_in(scene.mikko), LIST)
    assert "The device does not answer" in seen and "21 s fast" in seen
    assert scene.near_point.gsrn in seen


@pytest.mark.parametrize(
    ("query", "near", "silent"),
    [
        ({"answers": "no"}, False, True),
        ({"answers": "yes"}, True, False),
        ({"answers": "never"}, False, False),
        ({"clock": "10"}, True, False),
        ({"clock": "30"}, False, False),
        ({"state": "in_operation"}, True, False),
        ({"state": "installed"}, False, True),
        ({"firmware": "<script"}, True, True),
        ({"q": "usn-north"}, False, False),
        ({"q": "USN-north"}, True, False),
    ],
)
def test_filters(scene: Scene, query: dict[str, str], near: bool, silent: bool) -> None:
    seen = shown(signed_in(scene.mikko), LIST, **query)
    assert (scene.near.serial_number in seen, scene.silent.serial_number in seen) == (near, silent)


def test_a_device_is_found_by_serial_number_address_gsrn_and_area(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    area = scene.near_point.transformer_area
    assert area is not None
    asked: list[dict[str, str]] = [
        {"q": scene.near.serial_number.lower()},
        {"q": scene.near.host},
        {"q": scene.near_point.gsrn},
        {"transformer_area": str(area.pk)},
    ]
    for query in asked:
        seen = shown(client, LIST, **query)
        assert scene.near.serial_number in seen and scene.silent.serial_number not in seen, query


def test_areas_of_other_utilities_cannot_be_chosen(scene: Scene) -> None:
    area = scene.near_point.transformer_area
    assert area is not None
    seen = shown(signed_in(scene.stranger), LIST, transformer_area=str(area.pk))
    assert "A filter is not valid" in seen and area.name not in seen


def test_the_file_has_what_the_list_shows(scene: Scene) -> None:
    rows = shown(signed_in(scene.mikko), LIST, format="csv", columns="serial,clock,cause").splitlines()
    assert rows[0] == "\ufeffSerial number,Clock,Why"
    near, silent = scene.near.serial_number, scene.silent.serial_number
    assert rows[1:] == [f"{near},21.4,", f"{silent},,The device does not answer"]


def test_queries_do_not_grow_with_the_devices(scene: Scene) -> None:
    client, counts = signed_in(scene.mikko), []
    for number in (0, 12):
        for _ in range(number):
            make.make_installation(make.make_device(scene.utility), make.make_metering_point(scene.utility))
        with count_queries() as counted:
            client.get(LIST)
        counts.append(counted.number)
    assert counts[0] == counts[1] <= 20


def test_the_page_says_where_it_hangs_and_what_it_holds(scene: Scene) -> None:
    seen = shown(signed_in(scene.mikko), page(scene.near))
    assert scene.near_point.get_absolute_url() in seen
    assert "Load profile, 15 min" in seen and "Voltage L1" in seen
    assert "21 s fast" in seen and "In operation" in seen


def test_keys_are_named_and_never_shown(scene: Scene) -> None:
    key = bytes(range(200, 216))
    row = store_key(device=scene.near, kind="encryption", key=key, version=7)
    seen = shown(signed_in(scene.mikko), page(scene.near))
    assert "Encryption key (EK)" in seen and ">7<" in seen
    for secret in (key, bytes(row.sealed)):
        assert secret.hex() not in seen.lower()


def test_missing_values_are_listed_while_there_are_any(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    assert "Missing values" not in shown(client, page(scene.near))
    start, hour = make.INSTALLED_AT, timedelta(hours=1)
    Gap.objects.create(device=scene.near, obis="1-0:99.1.0", starts_at=start, ends_at=start + hour, found_at=start)
    seen = shown(client, page(scene.near))
    assert "Missing values" in seen and "Read again soon" in seen


def test_values_lead_to_the_data_browser(scene: Scene) -> None:
    series = Series.objects.filter(source=scene.near.serial_number).first()
    assert series is not None
    seen = shown(signed_in(scene.mikko), page(scene.near, "values"))
    assert f"/values/?series={series.pk}&amp;" in seen


def test_communication_tells_causes_in_words(scene: Scene) -> None:
    seen = shown(signed_in(scene.mikko), page(scene.silent, "communication"))
    assert "The device does not answer" in seen and "Check power, coverage" in seen
    assert reverse("headend:item", args=[scene.bad.pk]) in seen


def test_the_metering_point_knows_its_meter(scene: Scene) -> None:
    client, point = signed_in(scene.pekka), scene.near_point
    seen = shown(client, point.get_absolute_url())
    assert page(scene.near) in seen and "Read now" in seen and "21 s fast" in seen
    for tab in ("installations", "communication", "events"):
        assert scene.near.serial_number in shown(client, reverse("metering:point", args=[point.pk, tab]))
    assert scene.near.serial_number in shown(client, reverse("metering:points"))


def test_a_meter_of_another_segment_is_not_shown_at_an_open_point(scene: Scene) -> None:
    Device.objects.filter(pk=scene.near.pk).update(segment=scene.silent.segment)
    seen = shown(signed_in(scene.pekka), scene.near_point.get_absolute_url())
    assert "No meter that is open to you" in seen and scene.near.serial_number not in seen.partition("<main")[2]


def test_a_place_in_another_segment_is_not_shown_on_an_open_device(scene: Scene) -> None:
    scene.near_point.segment = scene.silent.segment
    scene.near_point.save()
    client = signed_in(scene.pekka)
    for url in (LIST, page(scene.near), page(scene.near, "installations"), page(scene.near, "values")):
        assert scene.near_point.gsrn not in shown(client, url)


def test_points_are_found_by_the_serial_number_of_their_meter(scene: Scene) -> None:
    seen = shown(signed_in(scene.mikko), reverse("metering:points"), q=scene.near.serial_number[:10])
    assert scene.near_point.gsrn in seen


def test_the_search_jumps_to_an_exact_device_and_keeps_segments(scene: Scene) -> None:
    def found(user: Any, asked: str) -> Any:
        return signed_in(user).get("/search/", {"q": asked})

    for number in (scene.near.serial_number, scene.near.serial_number.lower(), "USN-north", scene.near.host):
        assert found(scene.pekka, number)["Location"] == page(scene.near)
    assert "Nothing found" in text(found(scene.pekka, scene.silent.serial_number))
    assert "Nothing found" in text(found(scene.stranger, scene.near.serial_number))


def test_reading_selected_devices_is_confirmed_with_who_is_left_out(scene: Scene) -> None:
    client = signed_in(scene.mikko)
    stored = make.make_device(scene.utility)
    query = f"?action=read&pk={scene.near.pk}&pk={scene.silent.pk}&pk={stored.pk}"
    asked = shown(client, LIST + query)
    assert "Read now: 2 devices?" in asked and "1 of the selection is left out" in asked
    response = client.post(LIST + query, {"count": "2"})
    job = Job.objects.get(created_by=scene.mikko)
    assert response["Location"] == job.get_absolute_url()
    assert set(job.items.values_list("device", flat=True)) == {scene.near.pk, scene.silent.pk}


def test_reading_selected_devices_needs_the_permission(scene: Scene) -> None:
    viewer = make.make_user(METERING_OPERATOR, utilities=[scene.utility])
    group = viewer.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="read_device"))
    client = signed_in(viewer)
    assert "Read now" not in shown(client, LIST)
    assert client.get(LIST, {"action": "read", "all": "1"}).status_code == 403
    assert client.post(f"{LIST}?action=read&all=1", {"count": "2"}).status_code == 403
    assert not Job.objects.filter(kind="read_now").exists()
