"""Installing: what must exist from then on, and what is impossible."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from access.models import AuditRecord
from devices.models import Contact, Device
from devices.services.installations import Placement, install
from metering.models import Series
from tests.factories import INSTALLED_AT, make_device, make_installation, make_metering_point, make_utility

pytestmark = pytest.mark.django_db


def test_installing_promises_stands_that_feed_consumption() -> None:
    utility = make_utility()
    device, point = make_device(utility), make_metering_point(utility)
    make_installation(device, point)
    stands = Series.objects.filter(source=device.serial_number)
    assert {(str(s.measured_property.obis), s.kind, s.interval_s) for s in stands} == {
        ("1-0:1.8.0", "stand", 900), ("1-0:2.8.0", "stand", 900),
    }  # fmt: skip
    assert {s.feeds.measured_property.obis for s in stands if s.feeds} == {"1-0:1.29.0", "1-0:2.29.0"}
    device.refresh_from_db()
    assert device.state == Device.State.INSTALLED
    assert Contact.objects.filter(device=device).exists()
    assert AuditRecord.objects.get(verb="installed").object_id == str(device.pk)


def test_the_next_meter_feeds_the_same_consumption() -> None:
    utility = make_utility()
    point = make_metering_point(utility)
    old, new = make_device(utility), make_device(utility)
    installation = make_installation(old, point)
    exchanged = INSTALLED_AT + timedelta(days=30)
    installation.period = (INSTALLED_AT, exchanged)
    installation.save()
    make_installation(new, point, exchanged)
    assert Series.objects.filter(metering_point=point, kind="stand").count() == 4
    assert Series.objects.filter(metering_point=point, kind="consumption").count() == 2


def test_a_device_hangs_at_one_point_and_a_point_has_one_device_at_a_time() -> None:
    utility = make_utility()
    device, point = make_device(utility), make_metering_point(utility)
    make_installation(device, point)
    for other in (
        Placement(device, make_metering_point(utility), INSTALLED_AT + timedelta(days=1)),
        Placement(make_device(utility), point, INSTALLED_AT + timedelta(days=1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            install(placements=[other])
