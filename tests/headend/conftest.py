"""A meter that hangs at a metering point."""

import pytest

from devices.models import Device
from tests.factories import make_device, make_installation, make_metering_point, make_utility


@pytest.fixture
def device() -> Device:
    utility = make_utility()
    device = make_device(utility)
    make_installation(device, make_metering_point(utility))
    return device
