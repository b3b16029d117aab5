"""Slave meters on M-Bus channels: what is refused, how they and their masters are shown."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client

from devices.models import Device
from tests.factories import make_administrator, make_device, make_device_model, make_utility
from tests.headend.slave_meters import slave_of

pytestmark = pytest.mark.django_db


def test_it_is_reached_as_its_master_is() -> None:
    master = make_device(make_utility(), host="127.0.0.9")
    slave = slave_of(master, 3)
    slave.full_clean()
    assert slave.is_reachable
    assert slave.address == f"channel 3 of {master} 127.0.0.9:4059"
    lost = slave_of(make_device(master.utility, host=""))
    assert set(Device.objects.reachable()) == {master, slave}
    assert not lost.is_reachable


def test_a_channel_is_free_again_when_its_meter_was_removed() -> None:
    master = make_device(make_utility())
    slave_of(master, state=Device.State.REMOVED)
    slave_of(master)
    with pytest.raises(IntegrityError, match="device_master_channel"):
        slave_of(master)


@pytest.mark.parametrize("fields", [{"channel": 5}, {"channel": None}, {"host": "127.0.0.3"}, {"master": None}])
def test_half_a_place_is_refused(fields: dict[str, Any]) -> None:
    master = make_device(make_utility())
    with pytest.raises(IntegrityError, match="device_behind_master"):
        make_device(
            master.utility,
            **{"host": "", "master": master, "channel": 1, "model": make_device_model("mbus-gas"), **fields},
        )


def test_what_cannot_be_a_master_is_refused_in_words() -> None:
    utility, gas = make_utility(), make_device_model("mbus-gas")
    master = make_device(utility)
    for model, wrong, message in [
        (gas, make_device(make_utility("other")), "another utility"),
        (gas, slave_of(master), "no meter with M-Bus channels"),
        (gas, make_device(utility, model=make_device_model("aim-dc1")), "no meter with M-Bus channels"),
        (make_device_model(), master, "Only an M-Bus slave meter"),
    ]:
        with pytest.raises(ValidationError, match=message):
            Device(utility=utility, model=model, master=wrong, channel=1).clean()


def test_the_pages_of_master_and_slave_lead_to_each_other(client: Client) -> None:
    master = make_device(make_utility())
    slave = slave_of(master, 2)
    client.force_login(make_administrator())
    page = client.get(master.get_absolute_url()).content.decode()
    assert "Meters on its M-Bus" in page
    assert slave.get_absolute_url() in page
    shown = client.get(slave.get_absolute_url()).content.decode()
    assert f'M-Bus channel 2 of <a href="{master.get_absolute_url()}"' in shown
    assert "Meters on its M-Bus" not in shown
