"""What a session reads: times of installations only, from the last true mark, further back after a wrong clock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from devices.models import Contact, Device
from devices.services.installations import Placement, install
from headend import kinds
from headend.models import ReadMark
from headend.plan import AHEAD, Stretch
from protocols.dlms.obis import Obis
from tests.factories import make_device, make_metering_point, make_utility
from tests.headend.outcomes import LOG, PROFILE, known_now

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(minute=7, second=0, microsecond=0)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def device() -> Device:
    """Hung until an hour ago at one metering point, since half an hour ago at another."""
    utility = make_utility()
    device = make_device(utility)
    (first,) = install(placements=[Placement(device, make_metering_point(utility), NOW - 3 * HOUR)])
    first.period = DateTimeTZRange(NOW - 3 * HOUR, NOW - HOUR)
    first.save()
    install(placements=[Placement(device, make_metering_point(utility), NOW - HOUR / 2)])
    return device


def _profile(device: Device) -> list[tuple[timedelta, timedelta]]:
    """Stretches of the interval profile, as distances from NOW."""
    plan = kinds.PROFILE.plan(known_now(device), {}, NOW)
    assert {stretch.obis for stretch in plan.profiles} <= {PROFILE}
    return [(NOW - stretch.start, NOW - stretch.end) for stretch in plan.profiles]


def _mark(device: Device, obis: Obis, back: timedelta) -> None:
    ReadMark.objects.create(device=device, obis=str(obis), until=NOW - back)


def test_rows_are_asked_for_only_from_times_of_an_installation(device: Device) -> None:
    assert _profile(device) == [(3 * HOUR, HOUR + SECOND), (HOUR / 2, timedelta(0))]


def test_the_last_rows_of_a_removed_device_are_still_asked_for(device: Device) -> None:
    row = device.installations.get(period__upper_inf=True)
    row.period = DateTimeTZRange(row.period.lower, NOW - HOUR / 4)
    row.save()
    _mark(device, PROFILE, 2 * HOUR)
    assert _profile(device) == [(2 * HOUR - SECOND, HOUR + SECOND), (HOUR / 2, HOUR / 4 + SECOND)]


def test_a_device_that_never_hung_anywhere_has_no_rows_for_us() -> None:
    assert _profile(make_device(make_utility())) == []


def test_a_mark_ahead_counts_as_none(device: Device) -> None:
    _mark(device, PROFILE, -HOUR)
    _mark(device, LOG, -HOUR)
    assert _profile(device)[0] == (3 * HOUR, HOUR + SECOND)
    assert Stretch(LOG, NOW - kinds.LOG_HISTORY, NOW) in kinds.EVENTS.plan(known_now(device), {}, NOW).logs


@pytest.mark.parametrize("offset_s", [1200.0, -1200.0])
def test_reading_goes_back_by_as_much_as_the_clock_was_off(device: Device, offset_s: float) -> None:
    _mark(device, PROFILE, timedelta(minutes=5))
    assert _profile(device) == [(timedelta(minutes=5) - SECOND, timedelta(0))]
    Contact.objects.filter(device=device).update(clock_offset_s=offset_s)
    assert _profile(device) == [(timedelta(minutes=25), timedelta(0))]


def test_reading_goes_back_no_further_than_times_that_are_believed(device: Device) -> None:
    mark = NOW - timedelta(minutes=5)
    known = replace(known_now(device), marks={LOG: mark}, clock_offset_s=1e9)
    starts = {stretch.start for stretch in kinds.EVENTS.plan(known, {}, NOW).logs if stretch.obis == LOG}
    assert starts == {mark - AHEAD - SECOND}
