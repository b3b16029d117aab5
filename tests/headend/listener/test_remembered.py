"""What is kept of senders between batches: nothing that has changed on file meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import Utility
from devices.keystore import activate, store_new
from devices.models import Device, Installation, ProfileLayout
from headend.listener.messages import Sender
from headend.listener.remembered import Remembered
from headend.listener.stamps import stamps_of
from tests.factories import make_installation, make_metering_point
from tests.headend.listener.pushing import PROFILE, make_pushing_device

pytestmark = pytest.mark.django_db(transaction=True)


def _read(remembered: Remembered, device: Device) -> Sender:
    (sender,), unspeakable = remembered.senders(stamps_of([device.system_title], []))
    assert not unspeakable
    return sender


def test_what_did_not_change_is_not_read_again() -> None:
    device, remembered = make_pushing_device(), Remembered()
    first = _read(remembered, device)

    with CaptureQueriesContext(connection) as queries:
        assert _read(remembered, device) is first
    assert len(queries) == 1


def _another_key(device: Device) -> None:
    store_new(device=device, keys={"encryption": bytes(range(16, 32))}, why="test")
    activate(device=device, kinds=["encryption"], why="test")


def _another_place(device: Device) -> None:
    now = timezone.now()
    Installation.objects.filter(device=device).update(period=(now - timedelta(days=300), now))
    make_installation(device, make_metering_point(device.utility), now)


def _no_layout(device: Device) -> None:
    ProfileLayout.objects.filter(device=device, obis=str(PROFILE)).delete()


def _other_columns(device: Device) -> None:
    ProfileLayout.objects.filter(device=device, obis=str(PROFILE)).update(interval_s=3600)


def _other_zone(device: Device) -> None:
    Utility.objects.filter(pk=device.utility_id).update(time_zone="Asia/Tokyo")


def _other_name(device: Device) -> None:
    Device.objects.filter(pk=device.pk).update(firmware="2")


@pytest.mark.parametrize(
    "change", [_another_key, _another_place, _no_layout, _other_columns, _other_zone, _other_name]
)  # fmt: skip
def test_what_changed_is_read_again(change: Callable[[Device], None]) -> None:
    """Keys, installations, layouts, the zone of the utility and the device itself."""
    device, remembered = make_pushing_device(), Remembered()
    first = _read(remembered, device)
    before = _told(first)

    change(device)

    now = _read(remembered, device)
    assert now is not first
    assert _told(now) != before
    assert _read(remembered, device) is now


def _told(sender: Sender) -> object:
    known = sender.known
    device = known.device
    return (
        dict(sender.versions), dict(known.keys), known.layouts, known.installed.points.tolist(), device.firmware,
        device.utility.time_zone,
    )  # fmt: skip


def test_no_more_are_kept_than_allowed() -> None:
    """The one unheard for the longest is read again."""
    devices, remembered = [make_pushing_device(number) for number in (1, 2, 3)], Remembered(most=2)
    first, second, third = (_read(remembered, device) for device in devices)
    assert _read(remembered, devices[1]) is second
    assert _read(remembered, devices[2]) is third
    assert _read(remembered, devices[0]) is not first


def test_a_device_is_found_by_its_place() -> None:
    """Its own address, or the one behind a concentrator."""
    way = make_pushing_device(1, host="10.0.0.1")
    behind = make_pushing_device(2, concentrator=way, gateway_address="0A0B", host="")
    assert set(stamps_of([], [("10.0.0.1", "")])) == {way.pk}
    assert set(stamps_of([], [("10.0.0.1", "0A0B")])) == {behind.pk}
    assert stamps_of([], [("10.0.0.2", ""), ("10.0.0.2", "0A0B")]) == {}


def test_after_a_while_a_device_is_read_again_in_any_case() -> None:
    """Layouts on file grow too old without any row that changes."""
    device, remembered = make_pushing_device(), Remembered(lasts=timedelta(0))
    assert _read(remembered, device) is not _read(remembered, device)
