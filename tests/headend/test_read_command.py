"""`manage.py read` as somebody types it: which devices it means, what it asks for, how it ends."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from devices.models import Device
from devices.services.groups import add_members, create_group
from headend.models import Job
from tests.factories import (
    make_device,
    make_installation,
    make_metering_point,
    make_transformer_area,
    make_user,
    make_utility,
)

pytestmark = pytest.mark.django_db(transaction=True)


def read(*words: str, **options: Any) -> tuple[str, str]:
    """What the command prints, and what it ends with; it reads itself, devices without an address: they end at once."""
    out = io.StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("read", *words, here=True, stdout=out, **options)
    return out.getvalue(), str(raised.value)


@pytest.fixture
def near() -> Device:
    """A device of the group Boilers in the area T-17 of the feeder F1 in the region North; another one is nowhere."""
    utility = make_utility()
    area = make_transformer_area(utility, "T-17")
    near, _ = make_device(utility, host=""), make_device(utility, host="")
    make_installation(near, make_metering_point(utility, transformer_area=area, region="North"))
    user = make_user(utilities=[utility])
    group = create_group(utility=utility, name="Boilers", user=user)
    add_members(group=group, devices=Device.objects.filter(pk=near.pk), user=user)
    return near


@pytest.mark.parametrize(
    ("aimed", "words"),
    [
        ({"group": "Boilers"}, "Group: Boilers"),
        ({"area": "T-17"}, "Transformer area: T-17"),
        ({"feeder": "F1"}, "Feeder: F1"),
        ({"region": "North"}, "Region: North"),
    ],
)
def test_devices_are_named_by_where_they_belong(near: Device, aimed: dict[str, str], words: str) -> None:
    printed, ended = read(**aimed)
    job = Job.objects.get()
    assert [item.device for item in job.items.all()] == [near]
    assert (job.target_words, job.keep_frames) == (words, False)
    assert f"{near}: failed: " in printed
    assert ended == "1 of 1 devices were not read."


def test_all_devices_and_what_goes_over_their_lines(near: Device) -> None:
    _, ended = read(all=True, keep_frames=True, kind="daily")
    job = Job.objects.get()
    assert ended == "2 of 2 devices were not read."
    assert (job.kind, job.parameters, job.keep_frames) == ("daily", {}, True)


@pytest.mark.parametrize(
    ("aimed", "told"),
    [
        ({}, "Name devices by serial number"),
        ({"group": "Boilers", "area": "T-17"}, "Name devices by serial number"),
        ({"group": "Saunas"}, "has no such group"),
        ({"area": "T-18"}, "Transformer area T-18 has no metering points"),
    ],
)
def test_what_names_no_device_is_told_and_nothing_is_ordered(near: Device, aimed: dict[str, str], told: str) -> None:
    _, ended = read(**aimed)
    assert told in ended
    assert not Job.objects.exists()
