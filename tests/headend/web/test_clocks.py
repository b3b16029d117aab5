"""The list of clocks with its picture, and the card of a device."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.roles import METERING_OPERATOR
from devices.models import Contact, Device
from headend.models import ClockCorrection
from headend.views.clocks import distribution
from tests.factories import make_device, make_user, make_utility

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(make_user(METERING_OPERATOR, utilities=[make_utility()]))
    return client


def _off(offset_s: float | None, utility: str = "energia") -> Device:
    device = make_device(make_utility(utility))
    Contact.objects.create(device=device, clock_offset_s=offset_s, last_contact_at=NOW)
    return device


def test_clocks_are_listed_those_furthest_off_first(operator: Client) -> None:
    exact, slow, fast = _off(0.2), _off(-700.0), _off(65.0)
    unread, foreign = _off(None), _off(5000.0, "other")
    page = operator.get("/clocks/").content.decode()
    places = [page.index(device.serial_number) for device in (slow, fast, exact)]
    assert places == sorted(places)
    assert unread.serial_number not in page
    assert foreign.serial_number not in page
    assert "11 min 40 s slow" in page


def test_the_picture_counts_every_clock_once() -> None:
    for offset_s in (-9000.0, -3600.0, -60.0, -59.0, -10.0, -1.0, 0.0, 1.0, 1.5, 60.0, 60.5, 3600.0, 3601.0):
        _off(offset_s)
    drawn = distribution(Device.objects.all())
    assert [bar.point.value for bar in drawn] == [2, 1, 2, 1, 2, 1, 1, 2, 1]
    assert drawn[4].point.label == "exact"


def test_corrections_are_counted_in_the_list_and_told_on_the_page_of_the_device(operator: Client) -> None:
    device = _off(0.3)
    for days, how in ((1, "set"), (2, "shifted"), (40, "set")):
        ClockCorrection.objects.create(
            device=device, at=NOW - timedelta(days=days), before_s=437.0, after_s=0.3, how=how
        )
    listed = operator.get("/clocks/?format=csv").getvalue().decode().splitlines()
    assert len(listed) == 2
    assert ",2," in listed[1]
    page = operator.get(device.get_absolute_url()).content.decode()
    assert "Clock corrections" in page
    assert "7 min 17 s fast" in page
    assert "Shifted" in page


def test_a_device_that_was_never_corrected_has_no_card(operator: Client) -> None:
    assert "Clock corrections" not in operator.get(_off(0.3).get_absolute_url()).content.decode()
