"""Gaps are found exactly, by one scheduler at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection

from devices.models import Device, Installation
from headend.missing import united
from headend.models import Gap, Job
from headend.services import gaps as service
from headend.services.gaps import find_gaps
from tests.factories import make_installation, make_metering_point, make_values
from tests.headend.profiles import NOON, PROFILE, fill, gaps, hang, hours, make_incomplete, read_until, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> Device:
    return make_incomplete()


def test_a_gap_is_the_exact_stretch_that_any_column_lacks() -> None:
    device = hang().device
    read_until(device, hours(6))
    imported, exported = stands(device)
    make_values(imported, NOON, range(25))
    make_values(exported, NOON, range(10))
    make_values(exported, hours(5), range(100, 105))
    find_gaps()
    assert gaps("open") == [(hours(2.5), hours(5))]
    assert list(Gap.objects.values_list("device", "obis")) == [(device.pk, PROFILE)]


def test_what_was_never_read_is_no_gap() -> None:
    hang()
    assert find_gaps() == []
    assert gaps() == []


def test_the_slot_in_which_the_meter_was_hung_is_not_owed() -> None:
    device = hang(NOON + timedelta(minutes=7)).device
    read_until(device, hours(1))
    fill(device, hours(0.5), range(3))
    find_gaps()
    assert gaps() == [(hours(0.25), hours(0.5))]


def test_on_another_day_all_days_are_compared_again(device: Device) -> None:
    fill(device, hours(2), range(8, 16))
    fill(device, hours(6.25), range(109, 150))
    find_gaps()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM series_day WHERE day = %s", [NOON.date()])
    find_gaps()
    assert gaps() == [], "nothing was read since"
    read_until(device, hours(13))
    find_gaps()
    assert gaps() == [(NOON, hours(12))]


def test_what_is_missing_at_the_former_metering_point_is_found(device: Device) -> None:
    fill(device, hours(2), range(8, 16))
    Installation.objects.update(period=(NOON, hours(5)))
    point = make_metering_point(device.utility)
    make_installation(device, point, hours(5))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM series_day")
    find_gaps()
    assert gaps() == [(NOON, hours(6.25))]


def test_only_devices_that_hang_somewhere_and_are_read_are_looked_at(device: Device) -> None:
    Device.objects.update(state=Device.State.REMOVED)
    assert find_gaps() == []
    Device.objects.update(state=Device.State.IN_OPERATION)
    Installation.objects.update(period=(NOON, hours(6)))
    assert find_gaps() == []
    assert not Gap.objects.exists() and not Job.objects.exists()


def test_two_schedulers_find_gaps_once(device: Device) -> None:
    with _lock_held_elsewhere():
        assert find_gaps() == []
        assert gaps() == []
    assert len(find_gaps()) == 1


def test_stretches_are_united_per_profile_and_cut_at_the_first_of_a_month() -> None:
    march = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    rows = [(0, -900, 0), (0, 0, 900), (0, 450, 600), (0, 900, 1800), (0, 3600, 4500), (1, 1800, 2700)]
    profiles, starts, ends = np.array(rows[::-1]).T
    found = united(profiles, starts + march, ends + march)
    assert [*zip(found.profiles, found.starts - march, found.ends - march, strict=True)] == [
        (0, -900, 0), (0, 0, 1800), (0, 3600, 4500), (1, 1800, 2700),
    ]  # fmt: skip


@contextmanager
def _lock_held_elsewhere() -> Iterator[None]:
    """Another process looks for gaps: its lock belongs to another connection."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with service.alone() as alone:
            assert alone
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(10)
        yield
    finally:
        done.set()
        thread.join()
