"""Missing values are asked for within the budget of every network segment a device is reached through."""

from datetime import timedelta

import pytest
from django.utils import timezone

from devices.models import Device, DeviceModel
from headend.models import Gap, GapBudget, Job, SegmentLimit
from headend.permits.segments import segments_of
from headend.services.gap_segments import _segments
from headend.services.gaps import find_gaps
from tests.factories import make_device, make_utility
from tests.headend.profiles import hang, hours, read_until

pytestmark = pytest.mark.django_db


def missing(*cells: str) -> list[Device]:
    """A device with a gap in each of the cells."""
    found = []
    for cell in cells:
        device = hang().device
        Device.objects.filter(pk=device.pk).update(cell=cell)
        read_until(device, hours(5.75))
        found.append(device)
    return found


def limit(per_hour: int, kind: str = "cell", name: str = "") -> None:
    SegmentLimit.objects.create(kind=kind, name=name, gap_devices_per_hour=per_hour)


def asked() -> set[Device]:
    return {item.device for job in find_gaps() for item in job.items.select_related("device")}


def an_hour_later() -> None:
    Job.objects.update(state="done", created_at=timezone.now() - timedelta(hours=1, seconds=1))
    for job in Job.objects.all():
        job.items.update(state="ok")


def test_each_cell_has_the_budget_of_its_kind_and_a_named_one_its_own() -> None:
    narrow, wide, none = missing("narrow", "narrow"), missing("wide", "wide", "wide"), missing("")
    limit(2)
    limit(1, name="narrow")
    first = asked()
    assert len(first & set(narrow)) == 1
    assert len(first & set(wide)) == 2
    assert set(none) <= first, "what has no cell is not limited"


def test_what_was_asked_within_the_hour_counts_and_the_others_follow() -> None:
    devices = set(missing("north", "north"))
    limit(1)
    first = asked()
    Job.objects.update(state="done")
    assert asked() == set()
    an_hour_later()
    Gap.objects.filter(device__in=first).update(asked=1)
    assert first | asked() == devices


def test_the_budget_of_the_utility_is_filled_from_other_segments() -> None:
    north, south = missing("north", "north", "north"), missing("south")
    GapBudget.objects.create(utility=north[0].utility, devices_per_hour=2)
    limit(1)
    found = asked()
    assert len(found) == 2
    assert set(south) <= found


def test_devices_come_by_the_segments_of_their_way() -> None:
    utility = make_utility()
    station = make_device(utility, serial_number="DC-1", cell="c", apn="a", model=_station())
    behind = make_device(utility, host="", concentrator=station, gateway_address="01", cell="own", apn="own")
    direct = make_device(utility, cell="x", apn="y")
    slave = make_device(utility, host="", master=behind, channel=1)
    devices = Device.objects.filter(pk__in=[each.pk for each in (station, behind, direct, slave)])
    found = _segments(devices)
    for device in devices:
        assert sorted(found[device.pk]) == sorted(segments_of(device))


def _station() -> DeviceModel:
    return DeviceModel.objects.get_or_create(
        code="test-dc", defaults={"name": "Station", "kind": DeviceModel.Kind.CONCENTRATOR, "protocol": "dlms"}
    )[0]
