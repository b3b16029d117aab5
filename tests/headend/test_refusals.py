"""A bad field costs only itself: the other columns, parts and devices are stored, and what was not is said in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from devices.models import Contact, Device
from events.models import Event
from headend import causes
from headend.models import JobItem, ReadMark
from headend.plan import LogEntry, Readings, RegisterValue
from headend.storing import store_outcomes
from headend.storing.events import LARGEST_CODE
from metering.models import Series
from metering.store import read_registers
from tests.factories import make_device, make_installation, make_metering_point
from tests.headend.outcomes import (
    EXPORT,
    IMPORT,
    LOG,
    OWNER,
    PROFILE,
    START,
    log_entries,
    outcome_of,
    profile_rows,
    stand,
    store,
    total,
    with_export,
)  # fmt: skip

pytestmark = pytest.mark.django_db

BEYOND_SMALLINT = 40_000
"""An ordinal the event table cannot hold: the events of such a log are refused by the database."""
BEYOND_JSON = 2**70
"""A register the result of an item cannot show: its session cannot be ended as it went."""


def test_a_finer_scaler_refuses_its_column_where_the_series_cannot_follow_and_the_others_are_stored(
    device: Device,
) -> None:
    large = 2**51
    store(device, profiles=[with_export(profile_rows([large]), [1])])
    item = store(device, profiles=[with_export(profile_rows([50001], scaler=-1, at=[900]), [5])])
    assert [total(stand(device)), total(stand(device, EXPORT))] == [large, 6]
    assert (item.state, item.last_cause, item.result["refused"]) == ("ok", "", 1)
    assert item.detail == "values of 1-0:1.8.0 refused, scaler -1 but 10^0 in their series: 1"
    assert ReadMark.objects.get(obis=str(PROFILE)).until == START + timedelta(minutes=15)


@pytest.mark.parametrize("scaler", [8, 19])
def test_a_value_that_grows_too_large_by_its_scaler_is_refused_and_never_wraps(device: Device, scaler: int) -> None:
    store(device, profiles=[profile_rows([1])])
    wraps_to_a_small_one = 2**64 // 10**8 + 5
    item = store(device, profiles=[profile_rows([wraps_to_a_small_one, 0], scaler=scaler, at=[900, 1800])])
    assert total(stand(device)) == 1
    assert item.detail == "values of 1-0:1.8.0 too large: 1"


def test_a_register_beyond_every_integer_is_refused_alone(device: Device) -> None:
    registers = [RegisterValue(IMPORT, 2**64 - 1, 0, "Wh", START), RegisterValue(EXPORT, 7, 0, "Wh", START)]
    item = store(device, registers=registers)
    assert (item.state, item.result["refused"]) == ("ok", 1)
    assert item.detail == "values of 1-0:1.8.0 too large: 1"


def test_a_profile_without_an_even_interval_is_kept_as_on_demand_values(device: Device) -> None:
    for at, interval_s in ((0, 0), (420, 420)):
        rows = profile_rows([100 + at], at=[at])
        item = store(device, profiles=[replace(rows, layout=replace(rows.layout, interval_s=interval_s))])
        assert item.state == "ok"
    (kept,) = Series.objects.filter(periodicity="on_demand")
    assert read_registers([kept.pk], START, START + timedelta(hours=1)).values.tolist() == [100, 520]


def test_texts_with_nul_are_stored_readable(device: Device) -> None:
    entry = LogEntry(START, 1, 0, {"text": "phase\0L1", "half": "\ud800"})
    item = store(
        device, profiles=[profile_rows([1])], identification={"firmware": "1.0\0beta"}, logs=[log_entries(entry)]
    )
    device.refresh_from_db()
    assert (item.state, device.firmware) == ("ok", "1.0\N{REPLACEMENT CHARACTER}beta")
    assert Event.objects.get().details == {"text": "phase\N{REPLACEMENT CHARACTER}L1", "half": "?"}
    assert total(stand(device)) == 1


def test_event_codes_out_of_range_are_kept_with_the_code_as_sent(device: Device) -> None:
    entries = [LogEntry(START, 2**32, 0), LogEntry(START, 2**40, 0), LogEntry(START, -1, 0), LogEntry(START, 3, 0)]
    for _ in range(2):
        item = store(device, profiles=[profile_rows([1])], logs=[log_entries(*entries)])
    assert item.state == "ok"
    found = Event.objects.order_by("code", "ordinal").values_list("code", "details")
    large = [(LARGEST_CODE, {"code": code}) for code in (2**32, 2**40, -1)]
    assert list(found) == [(3, {}), *large]


def test_events_the_database_refuses_leave_values_and_identification_stored(device: Device) -> None:
    bad = log_entries(LogEntry(START, 1, BEYOND_SMALLINT))
    item = store(device, profiles=[profile_rows([1])], logs=[bad], identification={"firmware": "V7"})
    device.refresh_from_db()
    assert total(stand(device)) == 1
    assert device.firmware == "V7"
    assert (item.state, item.last_cause) == ("waiting", causes.STORE_REFUSED)
    assert item.detail.startswith("events not stored: ")
    assert list(ReadMark.objects.values_list("obis", flat=True)) == [str(PROFILE)], "the log will be read again"


def test_values_the_database_refuses_leave_events_stored_and_move_no_mark(device: Device) -> None:
    unit_too_long = RegisterValue(IMPORT, 1, 0, "a unit of no known length", START)
    log = log_entries(LogEntry(START, 1, 0))
    item = store(device, registers=[unit_too_long], profiles=[profile_rows([1])], logs=[log])
    assert Event.objects.count() == 1
    assert item.detail.startswith("values not stored: ")
    assert list(ReadMark.objects.values_list("obis", flat=True)) == [str(LOG)]
    assert Contact.objects.get().last_reading_at is None


def test_a_session_that_failed_by_itself_keeps_its_cause_when_a_part_is_refused(device: Device) -> None:
    bad = log_entries(LogEntry(START, 1, BEYOND_SMALLINT))
    outcome = outcome_of(device, Readings(logs=[bad]), cause="connection_cut", detail="cut")
    store_outcomes([outcome], owner=OWNER)
    item = JobItem.objects.get()
    assert (item.last_cause, item.detail.startswith("cut; events not stored: ")) == ("connection_cut", True)


def test_an_outcome_that_cannot_be_ended_as_it_went_ends_without_its_readings(device: Device) -> None:
    register = RegisterValue(IMPORT, BEYOND_JSON, 0, "Wh", START)
    item = store(device, profiles=[profile_rows([1])], registers=[register])
    assert (item.state, item.last_cause) == ("waiting", causes.STORE_REFUSED)
    assert not ReadMark.objects.exists()


@pytest.mark.parametrize(
    "readings",
    [
        Readings(logs=[log_entries(LogEntry(START, 1, BEYOND_SMALLINT))]),
        Readings(registers=[RegisterValue(IMPORT, BEYOND_JSON, 0, "Wh", START)]),
    ],
    ids=["refused by a part", "refused at the end"],
)
def test_one_bad_device_does_not_keep_the_others_from_being_stored(device: Device, readings: Readings) -> None:
    others = [make_device(device.utility) for _ in range(4)]
    for other in others:
        make_installation(other, make_metering_point(device.utility))
    bad = outcome_of(device, readings)
    good = [
        outcome_of(other, Readings(profiles=[profile_rows([7, 9])], identification={"firmware": "V1"}))
        for other in others
    ]
    store_outcomes([*good[:2], bad, *good[2:]], owner=OWNER)
    assert JobItem.objects.get(pk=bad.item.pk).last_cause == causes.STORE_REFUSED
    assert [JobItem.objects.get(pk=each.item.pk).state for each in good] == ["ok"] * 4
    assert [total(stand(other)) for other in others] == [16] * 4
    assert set(Device.objects.exclude(pk=device.pk).values_list("firmware", flat=True)) == {"V1"}
