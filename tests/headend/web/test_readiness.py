"""The page of a device says what is to be done until it delivers. headend.md §4 row 2."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.roles import METERING_OPERATOR
from devices.keystore import store_key
from devices.models import Contact, Device
from devices.services.installations import Placement, install
from headend.readiness import first_lack, needs_of
from metering.services.properties import register_properties
from tests import factories as make
from tests.scene import signed_in, text

pytestmark = pytest.mark.django_db


def _page(client: Client, device: Device) -> str:
    return text(client.get(reverse("devices:device", args=[device.pk])))


def _lacks(device: Device) -> str:
    row: Any = Device.objects.with_contact().get(pk=device.pk)
    found = first_lack(needs_of(row, set(device.keys.values_list("kind", flat=True))))
    return "" if found is None else f"{found.what}: {found.advice}"


def test_a_new_device_is_led_to_its_first_reading() -> None:
    register_properties()
    utility = make.make_utility()
    device = make.make_device(utility, host="")
    assert _lacks(device).startswith("Its address is on file: Enter its host")
    Device.objects.filter(pk=device.pk).update(host="192.0.2.1")
    assert "Missing: Encryption key (EK), Authentication key (AK). Load its shipment file" in _lacks(device)
    store_key(device=device, kind="encryption", key=bytes(16))
    assert "Missing: Authentication key" in _lacks(device)
    store_key(device=device, kind="authentication", key=bytes(16))
    assert _lacks(device) == "It is installed: Install it at its metering point."
    install(placements=[Placement(device, make.make_metering_point(utility), make.INSTALLED_AT)])
    assert _lacks(device) == "It answers: Read it now, or wait for its schedule."
    Contact.objects.filter(device=device).update(last_contact_at=make.INSTALLED_AT)
    assert _lacks(device) == ""


def test_one_that_stopped_answering_has_the_advice_of_its_cause() -> None:
    device = make.make_device(make.make_utility(), state="in_operation")
    Contact.objects.create(device=device, last_contact_at=make.INSTALLED_AT, cause="no_answer", failures=2)
    assert {need.what: need.done for need in needs_of(Device.objects.with_contact().get(), {"encryption"})} == {
        "Its model is described": True, "Its address is on file": True, "Its keys are in the key store": False,
        "It is installed": True, "It answers": False,
    }  # fmt: skip


@pytest.mark.parametrize("state", ["removed", "scrapped"])
def test_one_that_is_gone_needs_nothing(state: str) -> None:
    assert _lacks(make.make_device(make.make_utility(), state=state)) == ""


def test_a_model_without_description_is_named() -> None:
    model = make.make_device_model()
    type(model).objects.filter(pk=model.pk).update(code="unknown-9")
    device = make.make_device(make.make_utility(), model=type(model).objects.get(pk=model.pk))
    assert "No description file for device model 'unknown-9'" in _lacks(device)


def test_the_card_leads_who_may_to_the_installation() -> None:
    utility = make.make_utility()
    device = make.make_device(utility)
    for kind in ("encryption", "authentication"):
        store_key(device=device, kind=kind, key=bytes(16))
    seen = _page(signed_in(make.make_user(METERING_OPERATOR, utilities=[utility])), device)
    assert "What is to be done" in seen and reverse("devices:install", args=[device.pk]) in seen
