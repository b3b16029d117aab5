"""Storing outcomes: one bad device does not stop the others, scalers stay exact or are refused, leases count."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from devices.keystore import store_key
from devices.models import Contact, Device, DeviceKey, DeviceModel, ProfileLayout
from headend import causes
from headend.knowledge import Knowledge, know
from headend.models import Attempt, JobItem
from headend.plan import Column, Layout, ProfileRows, Readings, RegisterValue, Stretch, Trace
from headend.services.jobs import Order, create_job
from headend.storing import Outcome, store_outcomes
from metering.models import Series
from metering.quality import Quality
from metering.services.properties import register_properties
from metering.store import read, read_registers
from protocols.dlms.obis import Obis
from tests.factories import make_device, make_installation, make_metering_point, make_utility

pytestmark = pytest.mark.django_db

PROFILE, IMPORT, STATUS = Obis.parse("1-0:99.1.0"), Obis.parse("1-0:1.8.0"), Obis.parse("0-0:96.10.1")
START = datetime(2026, 6, 1, tzinfo=UTC)
OWNER = "test"


@pytest.fixture
def device() -> Device:
    utility = make_utility()
    device = make_device(utility)
    make_installation(device, make_metering_point(utility))
    return device


def _rows(values: list[int], *, scaler: int = 0, at: list[int] | None = None, status: int = 0) -> ProfileRows:
    columns = (Column(8, Obis.parse("0-0:1.0.0"), 2), Column(3, IMPORT, 2, scaler, "Wh"))
    instants = int(START.timestamp()) + np.array(at or [900 * k for k in range(len(values))], np.int64)
    return ProfileRows(
        stretch=Stretch(PROFILE, START, START),
        layout=Layout(PROFILE, 900, columns),
        at=instants,
        status=np.full(len(values), status, np.uint32),
        values=np.array([values], np.int64),
        held=np.ones((1, len(values)), np.bool_),
    )


def _outcome(device: Device, readings: Readings, **trace: str) -> Outcome:
    order = Order(kind="profile", title="Test")
    job = create_job(utility=device.utility, order=order, devices=Device.objects.filter(pk=device.pk))
    job.items.update(state="running", lease_owner=OWNER, attempts=1)
    ended = Trace(timezone.now(), 0.5, device.address, (), 100, 200, **trace)
    return Outcome(job.items.get(), _known(device), readings, ended)


def _known(device: Device) -> Knowledge:
    known, _ = know([device])
    return known[device.pk]


def _stand(device: Device) -> Series:
    return Series.objects.get(
        source=device.serial_number, measured_property__obis=str(IMPORT), periodicity="interval", kind="stand"
    )


def _sum(series: Series) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(value) FROM profile_value WHERE series_id = %s", [series.pk])
        return Decimal(cursor.fetchone()[0])


def test_rows_become_stands_and_consumption_and_the_item_ends(device: Device) -> None:
    outcome = _outcome(device, Readings(clock_offset_s=1.5, profiles=[_rows([100, 103, 110])]))
    store_outcomes([outcome], owner=OWNER)
    stand = _stand(device)
    assert stand.feeds is not None
    assert [_sum(stand), _sum(stand.feeds)] == [313, 10]
    item = JobItem.objects.get()
    assert (item.state, item.last_cause, item.result["rows"]) == ("ok", "", 3)
    contact = Contact.objects.get()
    assert (contact.clock_offset_s, contact.failures, contact.last_reading_at) == (1.5, 0, START.replace(minute=30))
    device.refresh_from_db()
    assert device.state == Device.State.IN_OPERATION


def test_rows_off_the_grid_are_kept_as_on_demand_values(device: Device) -> None:
    store_outcomes([_outcome(device, Readings(profiles=[_rows([100, 101, 102], at=[0, 421, 900])]))], owner=OWNER)
    assert _sum(_stand(device)) == 202
    spontaneous = Series.objects.get(periodicity="on_demand", source=device.serial_number)
    kept = read_registers([spontaneous.pk], START, START.replace(hour=1))
    assert kept.values.tolist() == [101]


def test_values_the_meter_doubts_are_kept_as_suspect(device: Device) -> None:
    data_not_valid = 1 << 2
    store_outcomes([_outcome(device, Readings(profiles=[_rows([100], status=data_not_valid)]))], owner=OWNER)
    matrix = read([_stand(device).pk], START, START.replace(minute=15))
    assert (matrix.quality.tolist(), matrix.status.tolist()) == ([[Quality.SUSPECT]], [[data_not_valid]])


def test_a_promised_series_takes_the_scaler_of_the_meter(device: Device) -> None:
    store_outcomes([_outcome(device, Readings(profiles=[_rows([1005, 1012], scaler=-1)]))], owner=OWNER)
    stand = _stand(device)
    assert (stand.exponent, _sum(stand)) == (-1, Decimal("201.7"))
    assert stand.feeds is not None
    assert (stand.feeds.exponent, _sum(stand.feeds)) == (-1, Decimal("0.7"))


def test_a_coarser_scaler_is_converted_exactly_and_a_finer_one_refused_in_words(device: Device) -> None:
    store_outcomes([_outcome(device, Readings(profiles=[_rows([5000])]))], owner=OWNER)
    later = [900]
    store_outcomes([_outcome(device, Readings(profiles=[_rows([6], scaler=3, at=later)]))], owner=OWNER)
    assert _sum(_stand(device)) == 5000 + 6000
    finer = _outcome(device, Readings(profiles=[_rows([60001], scaler=-1, at=[1800])]))
    store_outcomes([finer], owner=OWNER)
    item = JobItem.objects.get(pk=finer.item.pk)
    assert (item.state, item.last_cause) == ("waiting", causes.STORE_REFUSED)
    assert "scaler -1" in item.detail
    assert _sum(_stand(device)) == 5000 + 6000


def test_one_bad_device_does_not_keep_the_others_from_being_stored(device: Device) -> None:
    others = [make_device(device.utility) for _ in range(4)]
    for other in others:
        make_installation(other, make_metering_point(device.utility))
    store_outcomes([_outcome(device, Readings(profiles=[_rows([5])]))], owner=OWNER)
    bad = _outcome(device, Readings(profiles=[_rows([51], scaler=-1, at=[900])]))
    good = [_outcome(other, Readings(profiles=[_rows([7, 9])])) for other in others]
    store_outcomes([*good[:2], bad, *good[2:]], owner=OWNER)
    assert JobItem.objects.get(pk=bad.item.pk).last_cause == causes.STORE_REFUSED
    assert [JobItem.objects.get(pk=each.item.pk).state for each in good] == ["ok"] * 4
    assert [_sum(_stand(other)) for other in others] == [16] * 4


def test_an_item_whose_lease_was_lost_is_not_ended_but_its_values_count_once(device: Device) -> None:
    outcome = _outcome(device, Readings(profiles=[_rows([100, 103])]))
    JobItem.objects.filter(pk=outcome.item.pk).update(lease_owner="somebody else")
    store_outcomes([outcome], owner=OWNER)
    store_outcomes([outcome], owner="somebody else")
    assert JobItem.objects.get().state == "ok"
    assert Attempt.objects.count() == 1
    assert _sum(_stand(device)) == 203


def test_registers_are_kept_with_their_scaler_and_unknown_ones_are_shown(device: Device) -> None:
    register_properties()
    at = timezone.now().replace(microsecond=0)
    registers = [
        RegisterValue(Obis.parse("1-0:32.7.0"), 2301, -1, "V", at),
        RegisterValue(Obis.parse("1-0:128.7.0"), 42, 0, "unit(99)", at),
    ]
    outcome = _outcome(device, Readings(registers=registers))
    store_outcomes([outcome], owner=OWNER)
    voltage = Series.objects.get(measured_property__obis="1-0:32.7.0")
    assert (voltage.exponent, voltage.kind, voltage.measured_property.known) == (-1, "instantaneous", True)
    strange = Series.objects.get(measured_property__obis="1-0:128.7.0")
    assert (strange.measured_property.unit, strange.measured_property.known) == ("unit(99)", False)
    assert read_registers([strange.pk], at, timezone.now()).values.tolist() == [42]
    assert [each["value"] for each in JobItem.objects.get().result["registers"]] == [2301, 42]


def test_a_failure_is_counted_and_the_first_cause_kept(device: Device) -> None:
    outcome = _outcome(device, Readings(), cause="garbage", detail="nonsense")
    store_outcomes([outcome], owner=OWNER)
    JobItem.objects.update(state="running", lease_owner=OWNER, attempts=2)
    again = replace(outcome.trace, cause="connection_cut")
    store_outcomes([Outcome(JobItem.objects.get(), outcome.known, Readings(), again)], owner=OWNER)
    item = JobItem.objects.get()
    assert (item.state, item.first_cause, item.last_cause) == ("waiting", "garbage", "connection_cut")
    assert (Contact.objects.get().failures, Contact.objects.get().cause) == (2, "connection_cut")


def test_new_firmware_makes_known_layouts_void(device: Device) -> None:
    layout = Layout(PROFILE, 900, (Column(8, Obis.parse("0-0:1.0.0"), 2),), known=False)
    store_outcomes([_outcome(device, Readings(layouts=[layout], identification={"firmware": "V1"}))], owner=OWNER)
    assert _known(device).layouts[PROFILE].columns == layout.columns
    store_outcomes([_outcome(device, Readings(identification={"firmware": "V2"}))], owner=OWNER)
    assert not ProfileLayout.objects.exists()
    device.refresh_from_db()
    assert device.firmware == "V2"


def test_a_device_nobody_can_plan_for_fails_alone_with_the_cause(device: Device) -> None:
    strange = make_device(device.utility, model=DeviceModel.objects.create(code="nobody-1", name="N", kind="meter"))
    known, unknown = know([device, strange])
    assert set(known) == {device.pk}
    assert (unknown[strange.pk].cause, "nobody-1" in str(unknown[strange.pk])) == (causes.UNSUPPORTED_MODEL, True)


def test_a_key_the_master_key_does_not_open_fails_its_device_alone(device: Device) -> None:
    other = make_device(device.utility)
    row = store_key(device=other, kind="encryption", key=bytes(16))
    DeviceKey.objects.filter(pk=row.pk).update(sealed=bytes(44))
    known, unknown = know([device, other])
    assert (set(known), unknown[other.pk].cause) == ({device.pk}, causes.KEYS_SEALED)
