"""Installations entered in the admin go the way of the service."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.models import AuditRecord
from devices.models import Contact, Device, DeviceModel, Installation
from metering.models import MeteringPoint, Series
from tests import factories as make
from tests.api.scene import Scene

BEGIN = datetime(2026, 3, 1, 8, 15, tzinfo=UTC)


@pytest.fixture
def device(scene: Scene) -> Device:
    return make.make_device(scene.utility, scene.north.segment)


@pytest.fixture
def point(scene: Scene) -> MeteringPoint:
    return make.make_metering_point(scene.utility, scene.north.segment)


def _add(
    client: Client, device: Device, point: MeteringPoint, begin: str = "2026-03-01 08:15:00", end: str = ""
) -> Any:
    fields = {"device": device.pk, "metering_point": point.pk, "period_0": begin, "period_1": end}
    return client.post(reverse("admin:devices_installation_add"), fields)


def _change(client: Client, row: Installation, begin: str = "2026-03-01 08:15:00", end: str = "") -> Any:
    fields = {"period_0": begin, "period_1": end}
    return client.post(reverse("admin:devices_installation_change", args=[row.pk]), fields)


def _errors(response: Any) -> str:
    return str(response.context["adminform"].form.errors)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


@pytest.fixture
def root(administrator: Client) -> Client:
    """A superuser of two utilities in two zones sees times in UTC."""
    make.make_utility("voima", time_zone="Europe/Stockholm")
    return administrator


def test_installing_promises_series_and_sets_the_device_to_work(
    root: Client, device: Device, point: MeteringPoint
) -> None:
    assert _add(root, device, point).status_code == 302
    row = Installation.objects.get(device=device)
    assert (row.metering_point, row.period.lower, row.period.upper) == (point, BEGIN, None)
    device.refresh_from_db()
    assert device.state == Device.State.INSTALLED
    assert Contact.objects.filter(device=device).exists()
    assert Series.objects.filter(metering_point=point).exists()
    record = AuditRecord.objects.get(verb="installed", object_id=str(device.pk))
    assert (record.username, record.utility_code) == ("root", device.utility.code)


def test_ending_leaves_the_device_removed_and_a_record(root: Client, device: Device, point: MeteringPoint) -> None:
    row = make.make_installation(device, point, BEGIN)
    assert _change(root, row, end="2026-04-01 10:00:00").status_code == 302
    row.refresh_from_db()
    assert (row.period.lower, row.period.upper) == (BEGIN, datetime(2026, 4, 1, 10, tzinfo=UTC))
    device.refresh_from_db()
    assert device.state == Device.State.REMOVED
    assert AuditRecord.objects.get(verb="removed").object_id == str(device.pk)


def test_an_installation_that_is_over_already_can_be_entered(
    root: Client, device: Device, point: MeteringPoint
) -> None:
    assert _add(root, device, point, end="2026-04-01 10:00:00").status_code == 302
    device.refresh_from_db()
    assert device.state == Device.State.REMOVED
    assert Installation.objects.get(device=device).period.upper == datetime(2026, 4, 1, 10, tzinfo=UTC)


def test_a_device_that_hangs_elsewhere_by_now_stays_at_work(
    root: Client, device: Device, point: MeteringPoint, scene: Scene
) -> None:
    make.make_installation(device, make.make_metering_point(scene.utility), datetime(2026, 5, 1, tzinfo=UTC))
    assert _add(root, device, point, end="2026-04-01 10:00:00").status_code == 302
    device.refresh_from_db()
    assert device.state == Device.State.INSTALLED


def test_begin_and_an_end_once_entered_stay(root: Client, device: Device, point: MeteringPoint) -> None:
    row = make.make_installation(device, point, BEGIN + timedelta(microseconds=7))
    assert "begin of an installation stays" in _errors(_change(root, row, begin="2026-02-01 08:15:00"))
    assert _change(root, row, end="2026-04-01 10:00:00").status_code == 302
    assert "has ended" in _errors(_change(root, row))
    row.refresh_from_db()
    assert row.period.lower == BEGIN + timedelta(microseconds=7)


@pytest.mark.parametrize("begin", ["", "2026-03-01 08:15:00"])
def test_no_begin_or_an_end_to_come_is_refused(root: Client, device: Device, point: MeteringPoint, begin: str) -> None:
    end = _text(timezone.now() + timedelta(days=2)) if begin else ""
    assert "period" in _errors(_add(root, device, point, begin, end))
    assert not Installation.objects.filter(device=device).exists()


def test_a_device_of_an_undescribed_model_is_refused(root: Client, scene: Scene, point: MeteringPoint) -> None:
    model = DeviceModel.objects.create(code="nobody-1", name="Nobody 1", manufacturer="Nobody")
    assert "No description file" in _errors(_add(root, make.make_device(scene.utility, model=model), point))


def test_overlaps_and_points_of_another_utility_are_refused(
    root: Client, device: Device, point: MeteringPoint, scene: Scene
) -> None:
    foreign = make.make_metering_point(make.make_utility("voima"))
    assert "belongs to" in _errors(_add(root, device, foreign))
    make.make_installation(device, point, BEGIN)
    assert _add(root, device, make.make_metering_point(scene.utility)).status_code == 200
    assert Installation.objects.filter(device=device).count() == 1
