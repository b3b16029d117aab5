"""Which devices have an address: their own, or that of the concentrator they are behind."""

import pytest

from devices.models import Device
from tests.factories import make_device, make_device_model, make_utility

pytestmark = pytest.mark.django_db


def test_the_set_and_the_device_agree_on_who_can_be_reached() -> None:
    utility = make_utility()
    model = make_device_model("aim-dc1")
    near, lost = (make_device(utility, model=model, host=host) for host in ("127.0.0.9", ""))
    direct, nowhere = make_device(utility), make_device(utility, host="")
    behind, stranded = (make_device(utility, host="", concentrator=way, gateway_address="0A01") for way in (near, lost))
    assert set(Device.objects.reachable()) == {near, direct, behind}
    assert not any(device.is_reachable for device in (lost, nowhere, stranded))
    assert all(device.is_reachable for device in Device.objects.reachable())
