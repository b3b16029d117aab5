"""The pages of work on site: form, what will happen, done; who may, and what is refused in words."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from devices.models import Device, Installation
from devices.services.life_cycle import State
from tests import factories as make
from tests.scene import NASTY, Scene, signed_in, text

PAGES = ("install", "exchange", "remove", "state")


def url(name: str, device: Device) -> str:
    return reverse(f"devices:{name}", args=[device.pk])


def _now() -> str:
    """An instant a minute ago, as a phone in Helsinki writes it."""
    return f"{timezone.now().astimezone(make.make_utility().zone) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}"


@pytest.fixture
def spare(scene: Scene) -> Device:
    """In the store of the north."""
    return make.make_device(scene.utility, scene.near.segment)


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_to_who_may_install_where_the_device_is_open(scene: Scene, spare: Device, name: str) -> None:
    device = scene.near if name in ("exchange", "remove") else spare
    assert signed_in(scene.pekka).get(url(name, device)).status_code == 200
    assert signed_in(scene.mikko).get(url(name, device)).status_code == 200
    assert signed_in(scene.stranger).get(url(name, device)).status_code == 404
    assert signed_in(scene.roleless).get(url(name, device)).status_code == 403
    assert Client().get(url(name, device)).status_code == 302


def test_what_hangs_nowhere_has_no_page_to_exchange_or_remove_it(scene: Scene, spare: Device) -> None:
    for name in ("exchange", "remove"):
        assert signed_in(scene.mikko).get(url(name, spare)).status_code == 404


def test_the_page_of_a_device_offers_what_fits_its_state(scene: Scene, spare: Device) -> None:
    hanging, stored = (text(signed_in(scene.pekka).get(each.get_absolute_url())) for each in (scene.near, spare))
    assert url("exchange", scene.near) in hanging and url("remove", scene.near) in hanging
    assert url("install", scene.near) not in hanging
    assert url("install", spare) in stored and url("exchange", spare) not in stored


def test_an_exchange_is_shown_first_and_done_then(scene: Scene, spare: Device) -> None:
    client = signed_in(scene.pekka)
    said = {"serial_number": spare.serial_number, "at": _now(), "final_0": "1234.567", "initial_0": "0.001"}
    seen = client.post(url("exchange", scene.near), said | {"look": "1"})
    assert seen.status_code == 200
    assert "ends with 1 234.567 kWh at 1-0:1.8.0" in text(seen).replace("\u2009", " ").replace("\u202f", " ")
    assert Installation.objects.get(period__upper_inf=True, metering_point=scene.near_point).device == scene.near
    done = client.post(url("exchange", scene.near), said, follow=True)
    assert f"{spare} hangs at {scene.near_point}." in text(done)
    assert Installation.objects.get(period__upper_inf=True, metering_point=scene.near_point).device == spare


def test_a_removal_and_an_installation_elsewhere(scene: Scene) -> None:
    client, empty = signed_in(scene.mikko), make.make_metering_point(scene.utility, scene.near.segment)
    assert client.post(url("remove", scene.near), {"at": _now(), "final_0": "7"}).status_code == 302
    assert Device.objects.get(pk=scene.near.pk).state == State.REMOVED
    said = {"gsrn": empty.gsrn, "at": _now(), "initial_0": "7"}
    assert client.post(url("install", scene.near), said).status_code == 302
    assert Installation.objects.get(period__upper_inf=True, device=scene.near).metering_point == empty


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"serial_number": "NOBODY"}, "No device open to you has this serial number."),
        ({"at": "2031-01-01T00:00:00"}, "lies in the future"),
        ({"at": "2026-03-29T03:30:00"}, "may be ambiguous or it may not exist"),
        ({"final_0": "-1"}, "greater than or equal to 0"),
        ({"final_0": "1.1234567"}, "no more than 6 decimal places"),
        ({"at": "2025-12-01T00:00:00"}, "say a later instant"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_done(
    scene: Scene, spare: Device, said: dict[str, str], told: str
) -> None:
    body = {"serial_number": spare.serial_number, "at": _now()} | said
    for look in ({"look": "1"}, {}):
        answer = signed_in(scene.mikko).post(url("exchange", scene.near), body | look)
        assert answer.status_code == 400 and told in text(answer)
    assert Installation.objects.get(period__upper_inf=True, device=scene.near).metering_point == scene.near_point


def test_a_foreign_meter_and_a_foreign_metering_point_are_not_found(scene: Scene, spare: Device) -> None:
    other = make.make_utility("other")
    client, foreign = signed_in(scene.mikko), make.make_device(other)
    answer = client.post(url("exchange", scene.near), {"serial_number": foreign.serial_number, "at": _now()})
    assert "No device open to you" in text(answer)
    point = make.make_metering_point(other)
    answer = client.post(url("install", spare), {"gsrn": point.gsrn, "at": _now()})
    assert answer.status_code == 400 and "open to you has this number" in text(answer)


def test_scrapping_stands_in_the_history_of_the_device(scene: Scene, spare: Device) -> None:
    assert "Scrapped" not in text(signed_in(scene.pekka).get(url("state", spare)))
    client = signed_in(scene.mikko)
    assert client.post(url("state", spare), {"state": "scrapped", "reason": ""}).status_code == 400
    assert client.post(url("state", spare), {"state": "installed", "reason": "x"}).status_code == 400
    assert client.post(url("state", spare), {"state": "scrapped", "reason": NASTY}).status_code == 302
    seen = text(client.get(reverse("devices:device", args=[spare.pk, "installations"])))
    assert "&lt;script&gt;" in seen and NASTY not in seen and "mikko" in seen
