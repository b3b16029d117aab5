"""What is missing behind the newest row is found and asked for again without anybody's doing."""

from datetime import datetime, timedelta

from django.utils import timezone

from devices.models import Contact
from headend.models import Gap
from headend.services.gaps import find_gaps
from headend.storing.gaps import GAP_TRIES
from headend.wake import BULK
from headend.worker import work_off
from rig import stored
from rig.simulator_process import Simulator
from tests.end_to_end.reading import read


def test_rows_that_come_back_fill_the_gap(demo: Simulator) -> None:
    serial, start = demo.serials[0], _noon(demo, days_ago=5)
    demo.fault(serial, "gap", start=start.isoformat(), end=(start + timedelta(hours=6)).isoformat())
    read("profile")
    demo.clear_faults()
    _look_for_gaps()
    assert stored.profile(serial) == demo.truth(serial, stored.installed_at(serial))
    find_gaps()
    assert list(Gap.objects.values_list("device__serial_number", "state")) == [(serial, "filled")]


def test_rows_the_meter_does_not_have_are_asked_for_so_often_and_no_more(demo: Simulator) -> None:
    serial, start = demo.serials[0], _noon(demo, days_ago=5)
    demo.fault(serial, "gap", start=start.isoformat(), end=(start + timedelta(hours=6)).isoformat())
    read("profile")
    for _ in range(GAP_TRIES + 2):
        Gap.objects.update(again_at=timezone.now() - timedelta(seconds=1))
        _look_for_gaps()
    gap = Gap.objects.get()
    assert (gap.device.serial_number, gap.state, gap.tries) == (serial, "not_held", GAP_TRIES)
    assert (gap.starts_at, gap.ends_at) == (start, start + timedelta(hours=6))


def test_a_wrong_clock_is_noticed_and_the_rows_keep_the_time_of_the_meter(demo: Simulator) -> None:
    serial = demo.serials[0]
    demo.fault(serial, "wrong_clock", offset_s=437)
    read("profile", serial)
    contact = Contact.objects.get(device__serial_number=serial)
    assert contact.last_contact_at and contact.clock_offset_s
    shown_by_meter = contact.last_contact_at + timedelta(seconds=contact.clock_offset_s)
    assert abs(shown_by_meter - demo.now - timedelta(seconds=437)) < timedelta(seconds=10)
    assert stored.profile(serial) == demo.truth(serial, stored.installed_at(serial))


def _look_for_gaps() -> None:
    """What the scheduler does every few minutes, and the worker it calls."""
    find_gaps()
    work_off(BULK)


def _noon(simulator: Simulator, *, days_ago: int) -> datetime:
    return (simulator.now - timedelta(days=days_ago)).replace(hour=12, minute=0, second=0)
