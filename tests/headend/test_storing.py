"""Storing outcomes: values, their scalers and quality, what is known of the device, the end of the item."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from devices.keystore import store_key
from devices.models import Contact, Device, DeviceKey, DeviceModel, ProfileLayout
from headend import causes
from headend.knowledge import know
from headend.models import Attempt, JobItem
from headend.plan import Column, Layout, Readings, RegisterValue
from headend.storing import Outcome, store_outcomes
from metering.models import Series
from metering.quality import Quality
from metering.services.properties import register_properties
from metering.store import read, read_registers
from protocols.dlms.obis import Obis
from tests.factories import make_device
from tests.headend.outcomes import OWNER, PROFILE, START, known_now, outcome_of, profile_rows, stand, store, total

pytestmark = pytest.mark.django_db


def test_rows_become_stands_and_consumption_and_the_item_ends(device: Device) -> None:
    outcome = outcome_of(device, Readings(clock_offset_s=1.5, profiles=[profile_rows([100, 103, 110])]))
    store_outcomes([outcome], owner=OWNER)
    series = stand(device)
    assert series.feeds is not None
    assert [total(series), total(series.feeds)] == [313, 10]
    item = JobItem.objects.get()
    assert (item.state, item.last_cause, item.result["rows"]) == ("ok", "", 3)
    contact = Contact.objects.get()
    assert (contact.clock_offset_s, contact.failures, contact.last_reading_at) == (1.5, 0, START.replace(minute=30))
    device.refresh_from_db()
    assert device.state == Device.State.IN_OPERATION


def test_rows_off_the_grid_are_kept_as_on_demand_values(device: Device) -> None:
    store(device, profiles=[profile_rows([100, 101, 102], at=[0, 421, 900])])
    assert total(stand(device)) == 202
    spontaneous = Series.objects.get(periodicity="on_demand", source=device.serial_number)
    kept = read_registers([spontaneous.pk], START, START.replace(hour=1))
    assert kept.values.tolist() == [101]


def test_values_the_meter_doubts_are_kept_as_suspect(device: Device) -> None:
    data_not_valid = 1 << 2
    store(device, profiles=[profile_rows([100], status=data_not_valid)])
    matrix = read([stand(device).pk], START, START.replace(minute=15))
    assert (matrix.quality.tolist(), matrix.status.tolist()) == ([[Quality.SUSPECT]], [[data_not_valid]])


def test_a_promised_series_takes_the_scaler_of_the_meter(device: Device) -> None:
    store(device, profiles=[profile_rows([1005, 1012], scaler=-1)])
    series = stand(device)
    assert (series.exponent, total(series)) == (-1, Decimal("201.7"))
    assert series.feeds is not None
    assert (series.feeds.exponent, total(series.feeds)) == (-1, Decimal("0.7"))


def test_a_finer_scaler_makes_the_series_and_its_consumption_finer(device: Device) -> None:
    store(device, profiles=[profile_rows([5000])])
    item = store(device, profiles=[profile_rows([50071], scaler=-1, at=[900])])
    series = stand(device)
    assert (item.result["refused"], series.exponent, total(series)) == (0, -1, Decimal("10007.1"))
    assert series.feeds is not None
    assert (series.feeds.exponent, total(series.feeds)) == (-1, Decimal("7.1"))


def test_a_finer_meter_makes_the_consumption_of_the_former_one_finer(device: Device) -> None:
    """The stands of the former meter stay as they are; what both feed takes the finer unit."""
    store(device, profiles=[profile_rows([5000, 5003])])
    former = stand(device)
    Series.objects.filter(pk=former.pk).update(source="the former meter")
    store(device, profiles=[profile_rows([15, 22], scaler=-1, at=[1800, 2700])])
    former.refresh_from_db()
    assert former.feeds is not None
    assert (former.exponent, stand(device).exponent, former.feeds.exponent) == (0, -1, -1)
    assert total(former.feeds) == Decimal("3.7")


def test_a_coarser_scaler_is_converted_exactly(device: Device) -> None:
    store(device, profiles=[profile_rows([5000])])
    later = [900]
    store(device, profiles=[profile_rows([6], scaler=3, at=later)])
    assert total(stand(device)) == 5000 + 6000


def test_an_item_whose_lease_was_lost_is_not_ended_but_its_values_count_once(device: Device) -> None:
    outcome = outcome_of(device, Readings(profiles=[profile_rows([100, 103])]))
    JobItem.objects.filter(pk=outcome.item.pk).update(lease_owner="somebody else")
    store_outcomes([outcome], owner=OWNER)
    store_outcomes([outcome], owner="somebody else")
    assert JobItem.objects.get().state == "ok"
    assert Attempt.objects.count() == 1
    assert total(stand(device)) == 203


def test_registers_are_kept_with_their_scaler_and_unknown_ones_are_shown(device: Device) -> None:
    register_properties()
    at = timezone.now().replace(microsecond=0)
    registers = [
        RegisterValue(Obis.parse("1-0:32.7.0"), 2301, -1, "V", at),
        RegisterValue(Obis.parse("1-0:128.7.0"), 42, 0, "unit(99)", at),
    ]
    outcome = outcome_of(device, Readings(registers=registers))
    store_outcomes([outcome], owner=OWNER)
    voltage = Series.objects.get(measured_property__obis="1-0:32.7.0")
    assert (voltage.exponent, voltage.kind, voltage.measured_property.known) == (-1, "instantaneous", True)
    strange = Series.objects.get(measured_property__obis="1-0:128.7.0")
    assert (strange.measured_property.unit, strange.measured_property.known) == ("unit(99)", False)
    assert read_registers([strange.pk], at, timezone.now()).values.tolist() == [42]
    assert [each["value"] for each in JobItem.objects.get().result["registers"]] == [2301, 42]


def test_a_failure_is_counted_and_the_first_cause_kept(device: Device) -> None:
    outcome = outcome_of(device, Readings(), cause="garbage", detail="nonsense")
    store_outcomes([outcome], owner=OWNER)
    JobItem.objects.update(state="running", lease_owner=OWNER, attempts=2)
    again = replace(outcome.trace, cause="connection_cut")
    store_outcomes([Outcome(JobItem.objects.get(), outcome.known, Readings(), again)], owner=OWNER)
    item = JobItem.objects.get()
    assert (item.state, item.first_cause, item.last_cause) == ("waiting", "garbage", "connection_cut")
    assert (Contact.objects.get().failures, Contact.objects.get().cause) == (2, "connection_cut")


def test_new_firmware_makes_known_layouts_void(device: Device) -> None:
    layout = Layout(PROFILE, 900, (Column(8, Obis.parse("0-0:1.0.0"), 2),), known=False)
    store(device, layouts=[layout], identification={"firmware": "V1"})
    assert known_now(device).layouts[PROFILE].columns == layout.columns
    store(device, identification={"firmware": "V2"})
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
