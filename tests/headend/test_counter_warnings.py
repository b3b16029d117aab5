"""Invocation counters that run out are told while there is time to roll the key: headend.md §1.4, §4 row 8."""

import pytest

from devices import keystore
from devices.keystore.counters import WARN_AT
from devices.models import Contact, Device
from events.models import Event
from headend.services.counter_warnings import warn_of_counters
from headend.services.ticking import Ticker
from tests.factories import make_device

pytestmark = pytest.mark.django_db


def keyed(device: Device, counter: int) -> Device:
    keystore.store_key(device=device, kind="encryption", key=bytes(range(16)))
    Contact.objects.update_or_create(device=device, defaults={"next_counter": counter})
    return device


def test_a_device_is_told_once_at_three_quarters(device: Device) -> None:
    keyed(device, WARN_AT)
    keyed(make_device(device.utility), WARN_AT - 1)
    warn_of_counters()
    warn_of_counters()
    event = Event.objects.get()
    assert (event.device, event.kind, event.code) == (device, "invocation_counter_low", 1)
    assert event.metering_point is not None and event.severity == Event.Severity.WARNING
    assert event.details == {"used": "75%", "counter": WARN_AT}


def test_a_rolled_key_is_told_anew_when_its_own_counters_run_out(device: Device) -> None:
    keyed(device, WARN_AT)
    warn_of_counters()
    keystore.store_new(device=device, keys={"encryption": bytes(range(16, 32))}, why="counter")
    keystore.activate(device=device, kinds=["encryption"], why="counter")
    warn_of_counters()
    assert Event.objects.count() == 1
    Contact.objects.update(next_counter=2**32)
    warn_of_counters()
    assert sorted(Event.objects.values_list("code", flat=True)) == [1, 2]


def test_the_scheduler_looks_for_them(device: Device) -> None:
    keyed(device, WARN_AT)
    Ticker().tick()
    assert Event.objects.get().kind == "invocation_counter_low"
