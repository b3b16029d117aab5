"""What sessions are told of clocks, and what they leave behind: policies, corrections, the audit trail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from access.models import AuditRecord
from devices.models import Contact, Device
from headend import kinds
from headend.clock import ClockRules, Correction, How
from headend.clock_facts import clock_facts
from headend.models import ClockCorrection, ClockPolicy, ReadMark
from headend.plan import Readings
from headend.storing import store_outcomes
from tests.factories import make_device, make_device_model, make_utility
from tests.headend.outcomes import OWNER, PROFILE, known_now, outcome_of
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


def _corrected(device: Device, before_s: float, ago: timedelta = timedelta(0), **fields: object) -> ClockCorrection:
    return ClockCorrection.objects.create(device=device, at=NOW - ago, before_s=before_s, how="set", **fields)


def _policy(device: Device, **fields: object) -> ClockPolicy:
    return ClockPolicy.objects.create(**{"utility": device.utility, "enabled": True, **fields})


def _rules(device: Device) -> ClockRules | None:
    return clock_facts([device])[device.pk].rules


def test_nothing_is_corrected_unless_somebody_says_so(device: Device) -> None:
    assert _rules(device) is None
    _policy(device, enabled=False)
    assert _rules(device) is None


def test_the_policy_of_the_model_goes_before_that_of_the_utility(device: Device) -> None:
    _policy(device, sync_limit_s=30)
    _policy(device, sync_limit_s=5, model=make_device_model("aim-sn4"))
    assert _rules(device) == ClockRules(10, 30, 3600, 60, 2)
    _policy(device, enabled=False, model=device.model)
    assert _rules(device) is None
    assert _rules(make_device(make_utility("other"))) is None


def test_corrections_of_a_day_are_counted(device: Device) -> None:
    _policy(device, per_day=2)
    _corrected(device, 100, timedelta(hours=25))
    _corrected(device, 100, timedelta(hours=23))
    rules = _rules(device)
    assert rules and rules.left == 1


def test_a_correction_is_kept_once_and_audited_as_done_by_the_system(device: Device) -> None:
    correction = Correction(NOW, 437.0, How.SET, 0.4)
    outcome = outcome_of(device, Readings(clock_offset_s=0.4, correction=correction))
    store_outcomes([outcome], owner=OWNER)
    store_outcomes([outcome], owner=OWNER)
    (row,) = ClockCorrection.objects.all()
    assert (row.device, row.at, row.before_s, row.after_s, row.how) == (device, NOW, 437.0, 0.4, "set")
    record = AuditRecord.objects.get(verb="clocks corrected")
    assert (record.username, record.utility_code) == ("", device.utility.code)
    assert record.details[device.serial_number]["before_s"] == 437.0
    assert Contact.objects.get(device=device).clock_offset_s == 0.4


def test_two_devices_of_a_batch_share_one_audit_record(device: Device) -> None:
    other = make_device(device.utility)
    outcomes = [outcome_of(each, Readings(correction=Correction(NOW, 20.0, How.SHIFTED))) for each in (device, other)]
    store_outcomes(outcomes, owner=OWNER)
    assert set(AuditRecord.objects.get(verb="clocks corrected").details) == {device.serial_number, other.serial_number}


@pytest.mark.parametrize(("mark_min", "back"), [(15, True), (5, True), (-30, False), (30, False)])
def test_a_reading_begins_where_the_clock_was_set_back_until_it_has_passed_that(
    device: Device, mark_min: int, back: bool
) -> None:
    """The clock was 20 minutes fast two hours ago: rows up to 20 minutes behind the correction came twice."""
    at = NOW - timedelta(hours=2)
    _corrected(device, 1200.0, timedelta(hours=2))
    mark = at + timedelta(minutes=mark_min)
    ReadMark.objects.create(device=device, obis=str(PROFILE), until=mark)
    plan = kinds.PROFILE.plan(known_now(device), {}, NOW)
    expected = at - timedelta(seconds=59) if back else mark + timedelta(seconds=1)
    assert plan.profiles[0].start == expected


def test_a_clock_that_was_slow_makes_no_row_come_twice(device: Device) -> None:
    _corrected(device, -1200.0, timedelta(hours=2))
    assert clock_facts([device])[device.pk].set_back == ()


def test_facts_of_many_devices_take_two_queries(device: Device) -> None:
    devices = [device, *(make_device(device.utility) for _ in range(5))]
    with count_queries() as seen:
        clock_facts(devices)
    assert seen.number == 2


def test_a_correction_the_line_cut_off_counts_without_what_was_read_back(device: Device) -> None:
    outcome = outcome_of(device, Readings(clock_offset_s=30.0, correction=Correction(NOW, 30.0, How.SHIFTED)))
    store_outcomes([replace(outcome, trace=replace(outcome.trace, cause="connection_cut"))], owner=OWNER)
    assert ClockCorrection.objects.get().after_s is None
    assert Contact.objects.get(device=device).clock_offset_s == 30.0
