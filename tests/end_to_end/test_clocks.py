"""A clock that is off is corrected in the session that finds it, and every row stays what the meter says."""

from datetime import timedelta

from access.models import AuditRecord, Utility
from devices.models import Contact
from headend.models import ClockCorrection, ClockPolicy
from rig import stored
from rig.simulator_process import Simulator
from tests.end_to_end.reading import item, read

OFF_S = 7200
"""So much that the end of a quarter of an hour cannot be waited for: the test may run at any time of it."""


def _policy() -> None:
    ClockPolicy.objects.create(utility=Utility.objects.get(), enabled=True, largest_s=86_400, boundary_s=0)


def test_a_fast_clock_is_set_once_and_all_rows_around_it_are_exact(demo: Simulator) -> None:
    serial = demo.serials[0]
    demo.fault(serial, "wrong_clock", offset_s=OFF_S)
    _policy()
    job = read("profile", serial)
    (done,) = ClockCorrection.objects.all()
    assert done.device.serial_number == serial and done.how == "set" and done.after_s is not None
    assert done.before_s > OFF_S / 2 > 600 > abs(done.after_s)
    contact = Contact.objects.get(device__serial_number=serial)
    assert contact.clock_offset_s == done.after_s, "what is shown is what was read back"
    assert AuditRecord.objects.get(verb="clocks corrected").details[serial]["how"] == "set"
    names = [step["name"] for step in item(job, serial).attempt_log.get().steps]
    assert names[-3:] == ["set_clock", "clock", "release"]
    read("profile", serial)
    assert stored.profile(serial) == demo.truth(serial, stored.installed_at(serial), until=demo.now + timedelta(days=1))


def test_no_clock_is_touched_without_a_policy(demo: Simulator) -> None:
    serial = demo.serials[0]
    demo.fault(serial, "wrong_clock", offset_s=OFF_S)
    read("profile", serial)
    assert not ClockCorrection.objects.exists()
