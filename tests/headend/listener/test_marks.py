"""How far pushes move the read marks of profiles: forward, and back only from where nobody has been yet."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from devices.models import Device
from headend.models import ReadMark
from tests.headend.listener.pushing import (
    PROFILE,
    START,
    answered,
    is_confirmed,
    make_pushing_device,
    played,
    profile_push,
    pusher_of,
    wrapped,
)

pytestmark = pytest.mark.django_db(transaction=True)

PUSHED = START + timedelta(minutes=45)
"""The newest of four quarters of an hour."""


def _mark_after_push(device: Device, until: datetime) -> datetime:
    """The mark of the load profile that stood at `until`, after a push of four rows."""
    ReadMark.objects.create(device=device, obis=str(PROFILE), until=until)
    pusher = pusher_of(device)
    octets = wrapped(pusher.ciphered(profile_push([1, 2, 3, 4])))
    answer = played(lambda listener: answered(listener.tcp, octets))  # type: ignore[arg-type]
    assert is_confirmed(answer, pusher, settings.SYSTEM_TITLE)
    return ReadMark.objects.get(device=device, obis=str(PROFILE)).until


def test_a_mark_moves_on() -> None:
    assert _mark_after_push(make_pushing_device(), START - timedelta(days=1)) == PUSHED


def test_a_mark_never_moves_back_for_rows_that_come_late() -> None:
    later = START + timedelta(days=1)
    assert _mark_after_push(make_pushing_device(), later) == later


def test_a_mark_of_the_future_is_put_right() -> None:
    """As a lost clock leaves it behind: true rows of those times are still to come."""
    assert _mark_after_push(make_pushing_device(), timezone.now() + timedelta(days=400)) == PUSHED
