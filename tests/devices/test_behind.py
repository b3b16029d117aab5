"""Devices behind a concentrator: what is refused, how they are shown."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from devices.models import Device
from tests.factories import make_administrator, make_device, make_device_model, make_utility

pytestmark = pytest.mark.django_db


def concentrator(utility: Any, **fields: Any) -> Device:
    return make_device(utility, model=make_device_model("aim-dc1"), host="127.0.0.9", **fields)


def behind(way: Device, **fields: Any) -> Device:
    given = {"host": "", "concentrator": way, "gateway_address": "0A01", **fields}
    return make_device(way.utility, **given)


def test_it_is_reached_through_the_address_of_the_concentrator() -> None:
    way = concentrator(make_utility())
    device = behind(way)
    device.full_clean()
    assert device.is_reachable
    assert device.address == f"0A01 through {way.serial_number} 127.0.0.9:4059"
    way.host = ""
    assert not device.is_reachable


def test_two_devices_cannot_have_one_address_there() -> None:
    way = concentrator(make_utility())
    behind(way)
    with pytest.raises(IntegrityError, match="device_gateway_address"):
        behind(way)


@pytest.mark.parametrize("fields", [{"host": "127.0.0.3"}, {"gateway_address": ""}, {"concentrator": None}])
def test_half_an_address_is_refused(fields: dict[str, Any]) -> None:
    way = concentrator(make_utility())
    with pytest.raises(IntegrityError, match="device_behind_concentrator"):
        behind(way, **fields)


def test_what_cannot_be_a_way_is_refused_in_words() -> None:
    utility = make_utility()
    way = concentrator(utility)
    chained = behind(way)
    for wrong, message in [
        (make_device(utility), "neither a concentrator"),
        (concentrator(make_utility("other")), "another utility"),
        (chained, "itself behind"),
    ]:
        device = Device(utility=utility, model=make_device_model(), concentrator=wrong, gateway_address="0B")
        with pytest.raises(ValidationError, match=message):
            device.clean()


def test_the_page_of_a_concentrator_lists_what_is_behind_it(client: Client) -> None:
    way = concentrator(make_utility())
    device = behind(way)
    client.force_login(make_administrator())
    page = client.get(way.get_absolute_url()).content.decode()
    assert "Devices behind it" in page
    assert device.get_absolute_url() in page
    shown = client.get(device.get_absolute_url()).content.decode()
    assert f'through <a href="{way.get_absolute_url()}"' in shown
    assert "Devices behind it" not in shown


def test_a_concentrator_that_hangs_nowhere_is_not_asked_for_its_place_or_readings(client: Client) -> None:
    utility = make_utility()
    client.force_login(make_administrator())
    seen, of_meter = (
        client.get(device.get_absolute_url()).content.decode()
        for device in (concentrator(utility, state=Device.State.INSTALLED), make_device(utility))
    )
    place = [">Where it hangs<", ">Metering point<", ">Last reading<"]
    assert [words for words in place if words in of_meter] == place
    assert not [words for words in place if words in seen]
    assert "Serial number, firmware and clock, read from the device" in seen
