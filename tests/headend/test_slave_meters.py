"""Slave meters on the M-Bus of a master: one session for master and slaves, values at their own metering points."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from devices.models import Contact, Device
from headend import causes
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.knowledge import know
from headend.models import JobItem, ReadMark, Schedule
from headend.permits.segments import segments_of
from headend.services import claims, leases
from headend.services.schedules import targets
from headend.wake import BULK
from protocols.dlms.obis import Obis
from rig import stored
from simulator.fleet import SlaveSpec
from simulator.meter import Meter
from simulator.now import Now
from simulator.truth import slave_truth
from tests.factories import make_device, make_device_model, make_installation, make_metering_point, make_utility
from tests.headend import slave_meters as given
from tests.headend.claiming import claim, expire_leases, job_over

pytestmark = pytest.mark.django_db

LITRES = 1000
"""In a cubic metre."""
GAS = SlaveSpec(serial="OAG00000001", model="aim-gs1", channel=2, scale=90, initial=1_234_567)
OTHER = SlaveSpec(serial="OAG00000002", model="aim-gs1", channel=3, scale=70, initial=89)


def family() -> tuple[Device, Device, Device]:
    """A master and two slaves."""
    master = make_device(make_utility())
    return master, given.slave_of(master, 1), given.slave_of(master, 2)


def test_master_and_slaves_have_one_session_at_a_time() -> None:
    """headend.md §4 row 5: also where two are reached through one meter."""
    master, *_ = family()
    job = job_over(master.utility)
    done = set()
    for _ in range(3):
        (held,) = claim()
        assert claim("b") == []
        done.add(held.item.device_id)
        job.items.filter(pk=held.item.pk).update(state=JobItem.State.OK, lease_owner="")
        Contact.objects.update(session_owner="", session_until=None)
    assert done == set(job.items.values_list("device_id", flat=True))


def test_the_session_and_the_counters_are_those_of_the_master() -> None:
    master, slave, _ = family()
    job_over(master.utility).items.exclude(device=slave).delete()
    (held,) = claim()
    contacts = {each.device_id: each for each in Contact.objects.all()}
    assert (held.item.device_id, held.first_counter) == (slave.pk, 1)
    assert (contacts[master.pk].session_owner, contacts[master.pk].next_counter) == ("a", 1 + COUNTERS_PER_SESSION)
    assert (contacts[slave.pk].session_owner, contacts[slave.pk].next_counter) == ("", 1)


def test_a_lease_is_renewed_with_the_master_and_ends_with_the_worker() -> None:
    master, slave, _ = family()
    job_over(master.utility).items.exclude(device=slave).delete()
    (held,) = claim()
    soon = timezone.now() + timedelta(seconds=1)
    Contact.objects.filter(device=master).update(session_until=soon)
    leases.keep(owner="a", item_ids=[held.item.pk])
    until = Contact.objects.get(device=master).session_until
    assert until is not None
    assert until > soon
    leases.give_back(owner="a", untried=[held.item.pk])
    assert Contact.objects.get(device=master).session_until is None


def test_slaves_of_a_dead_worker_are_read_by_another() -> None:
    master, *_ = family()
    job_over(master.utility)
    claim()
    expire_leases()
    leases.sweep()
    assert len(claim("b")) == 1


def test_a_full_segment_of_the_master_holds_back_its_slaves() -> None:
    utility = make_utility()
    way = make_device(utility, model=make_device_model("aim-dc1"), cell="cell 7")
    master = make_device(utility, host="", concentrator=way, gateway_address="0A")
    slave = given.slave_of(master)
    assert {str(each) for each in segments_of(slave)} == {f"concentrator:{way.serial_number}", "cell:cell 7"}
    job_over(utility).items.exclude(device=slave).delete()
    for full in ({"concentrator": [way.serial_number]}, {"cell": ["cell 7"]}):
        assert claims.claim(queue=BULK, owner="a", limit=9, full=full) == []
    assert len(claim()) == 1


def test_a_channel_the_master_does_not_have_is_told() -> None:
    master = make_device(make_utility(), model=make_device_model("aim-ec2"))
    slave = given.slave_of(master)
    known, unknown = know([slave])
    assert known == {}
    assert unknown[slave.pk].cause == causes.UNSUPPORTED_MODEL
    assert "no M-Bus channel 1" in str(unknown[slave.pk])


def test_values_are_read_where_the_master_keeps_them() -> None:
    master = make_device(make_utility(), model=make_device_model("smr-500"))
    slave = given.slave_of(master, 3, "mbus-gas")
    described = know([slave])[0][slave.pk].description
    gas = Obis.parse("7-0:3.0.0")
    assert described.registers == (Obis.parse("0-3:24.2.2"),)
    assert described.stored_as == {Obis.parse("0-3:24.2.1"): gas, Obis.parse("0-3:24.2.2"): gas}
    assert described.security == know([master])[0][master.pk].description.security
    assert [(profile.obis, profile.interval_s) for profile in described.profiles] == [(Obis.parse("0-3:24.3.0"), 3600)]


@pytest.mark.parametrize(("kind", "read"), [("events", 1), ("daily", 1), ("profile", 3)])
def test_what_slaves_do_not_keep_is_read_of_the_master_only(kind: str, read: int) -> None:
    devices = family()
    for device in devices:
        make_installation(device, make_metering_point(device.utility))
    schedule = Schedule(utility=devices[0].utility, name="Everything", kind=kind)
    assert set(targets(schedule, timezone.now())) == set(devices[:read])


@pytest.mark.parametrize("now", [datetime(2025, 4, 2, 9, 7, tzinfo=UTC), datetime(2025, 10, 29, 9, 7, tzinfo=UTC)])
def test_the_gas_point_holds_what_the_meter_measured(now: datetime) -> None:
    """Days of 23 and 25 hours in Helsinki among them: 30 March and 26 October 2025."""
    since = now.replace(minute=0) - timedelta(days=9)
    fleet = given.gas_fleet(GAS, OTHER, now=now)
    utility = make_utility()
    devices = given.on_file(utility, fleet, since)
    given.order_all(utility)
    outcomes = given.read_all(fleet, devices, now)
    assert [outcome.trace.cause for outcome in outcomes] == ["", "", ""]
    meter = Meter(fleet.meters[0], fleet.zone, Now(fixed=int(now.timestamp())))
    for spec in (GAS, OTHER):
        truth = slave_truth(meter.slaves[spec.channel], int(since.timestamp()), int(now.timestamp()) + 1, meter.now())
        assert truth["7-0:3.0.0"]["rows"] == 9 * 24 + 1
        assert stored.profile(spec.serial, per_unit=LITRES) == truth
    marks = {mark.device.serial_number: mark.obis for mark in ReadMark.objects.select_related("device")}
    assert marks == {fleet.meters[0].serial: "1-0:99.1.0", GAS.serial: "0-2:24.3.0", OTHER.serial: "0-3:24.3.0"}
    assert not Contact.objects.exclude(session_owner="").exists()
