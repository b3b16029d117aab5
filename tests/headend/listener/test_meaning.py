"""What the data of pushes mean, with the object list in them and without."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from devices.models import Device
from headend.knowledge import Knowledge
from headend.listener.elements import Element, elements_of, sent_at
from headend.listener.meaning import Understood, understand
from protocols.dlms.apdu import decode_apdu
from protocols.dlms.clock import encode_datetime
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import array, double_long_unsigned, integer, long_unsigned, octet_string, structure
from protocols.dlms.obis import Obis
from protocols.dlms.rows import ClockColumn, IntegerColumn, encode_rows
from protocols.dlms.services.notification import DataNotification, EventNotification
from protocols.dlms.services.short_access import Variable
from protocols.dlms.services.short_report import InformationReport
from protocols.dlms.tags import Tag
from protocols.dlms.units import CODES, ScalerUnit
from protocols.errors import Cause, RemoteProtocolError
from tests.headend.listener.pushing import (
    ALARMS,
    CLOCK,
    COLUMNS,
    EXPORT,
    IMPORT,
    PROFILE,
    SERIAL,
    START,
    clock,
    listed,
    make_pushing_device,
    notification,
    number,
    rows,
)
from tests.headend.outcomes import known_now

pytestmark = pytest.mark.django_db

HELSINKI = ZoneInfo("Europe/Helsinki")
EVENT = Obis.parse("0-0:96.11.0")


@pytest.fixture
def device() -> Device:
    return make_pushing_device()


@pytest.fixture
def known(device: Device) -> Knowledge:
    return known_now(device)


def said(known: Knowledge, apdu: bytes, **templates: tuple[Attribute, ...]) -> Understood:
    push = decode_apdu(apdu)
    assert isinstance(push, DataNotification | EventNotification)
    at = sent_at(push, HELSINKI) or START
    return understand(elements_of(push, templates, None), known, at)


def test_registers_take_the_time_of_the_clock_among_them(known: Knowledge) -> None:
    at = START + timedelta(hours=5)
    body = listed((Attribute(3, IMPORT, 2), number(42)), (Attribute(8, CLOCK, 2), clock(at)))
    (register,) = said(known, notification(body)).readings.registers
    assert (register.obis, register.value, register.scaler, register.unit, register.at) == (IMPORT, 42, 0, "Wh", at)


def test_without_a_clock_the_time_of_the_notification_counts(known: Knowledge) -> None:
    at = datetime(2026, 10, 25, 3, 30, tzinfo=HELSINKI, fold=1)
    body = listed((Attribute(3, IMPORT, 2), number(42)))
    (register,) = said(known, notification(body, at=at)).readings.registers
    assert register.at == at.astimezone(UTC)


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=HELSINKI), datetime(2026, 10, 25, tzinfo=HELSINKI)])
def test_rows_of_days_of_23_and_25_hours_keep_their_instants(known: Knowledge, day: datetime) -> None:
    """headend.md §4 row 15: local clocks with deviation come home as the instants they mean."""
    start, end = int(day.timestamp()), int((day + timedelta(days=1)).timestamp())
    at = np.arange(start, end, 900)
    zeros = np.zeros(len(at), np.int64)
    buffer = encode_rows(
        [
            ClockColumn(at, HELSINKI),
            IntegerColumn(Tag.UNSIGNED, zeros),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, zeros),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, zeros),
        ]
    )
    (found,) = said(known, notification(listed((Attribute(7, PROFILE, 2), buffer)))).readings.profiles
    assert found.at.tolist() == at.tolist()
    assert len(at) in (92, 100)


def test_a_push_without_object_list_is_read_by_the_template_of_its_size(known: Knowledge) -> None:
    """headend.md §4 row 20."""
    body = structure(octet_string(b"AIM1"), number(7))
    template = (Attribute(1, SERIAL, 2), Attribute(3, IMPORT, 2))
    found = said(known, notification(body), energy=template, other=(*template, *template))
    assert [register.value for register in found.readings.registers] == [7]
    assert found.readings.identification == {"serial_number": "AIM1"}


@pytest.mark.parametrize("count", [0, 2])
def test_a_push_nobody_describes_is_refused_in_words(known: Knowledge, count: int) -> None:
    templates = {f"t{n}": (Attribute(3, IMPORT, 2),) for n in range(count)}
    with pytest.raises(RemoteProtocolError, match="without object list") as error:
        said(known, notification(structure(number(7))), **templates)
    assert error.value.cause is Cause.UNSUPPORTED


def test_logical_names_with_swapped_heads_are_mended(known: Knowledge) -> None:
    """headend.md §4 row 22."""
    body = listed((Attribute(3, IMPORT, 2), number(9)))
    swapped = Encoded(body.replace(b"\x09\x06" + IMPORT, b"\x06\x09" + IMPORT))
    assert [register.value for register in said(known, notification(swapped)).readings.registers] == [9]


def test_what_nobody_tells_the_unit_or_columns_of_is_named_not_guessed(known: Knowledge) -> None:
    """headend.md §4 row 16."""
    unread = replace(known, layouts={}, description=replace(known.description, units={}))
    body = listed((Attribute(3, IMPORT, 2), number(1)), (Attribute(7, PROFILE, 2), rows([1])))
    found = said(unread, notification(body))
    assert not found.readings.registers
    assert not found.readings.profiles
    assert found.left == [
        "scaler and unit of 1-0:1.8.0 are not on file", "the columns of profile 1-0:99.1.0 are not on file",
    ]  # fmt: skip


def test_a_push_that_describes_itself_needs_nothing_on_file(known: Knowledge) -> None:
    unit = ScalerUnit(1, CODES["Wh"]).encode()
    captures = array(
        structure(long_unsigned(each.class_id), octet_string(each.obis), integer(2), long_unsigned(0))
        for each in COLUMNS
    )
    body = listed(
        (Attribute(3, IMPORT, 3), unit), (Attribute(3, EXPORT, 3), unit), (Attribute(7, PROFILE, 3), captures),
        (Attribute(7, PROFILE, 4), double_long_unsigned(900)), (Attribute(7, PROFILE, 2), rows([5, 6])),
    )  # fmt: skip
    found = said(replace(known, layouts={}), notification(body))
    assert found.left == []
    assert [layout.interval_s for layout in found.readings.layouts] == [900]
    (profile,) = found.readings.profiles
    assert [column.scaler for column in profile.layout.columns if column.is_value] == [1, 1]
    assert profile.values[0].tolist() == [5, 6]


def test_bits_of_alarm_registers_and_codes_of_events_become_entries(known: Knowledge) -> None:
    body = listed((Attribute(1, ALARMS, 2), number(0b10010)), (Attribute(1, EVENT, 2), number(15)))
    logs = said(known, notification(body)).readings.logs
    assert [(str(log.stretch.obis), [entry.code for entry in log.entries]) for log in logs] == [
        ("0-0:97.98.0", [1, 4]), ("0-0:99.98.0", [15]),
    ]  # fmt: skip


def test_an_alarm_register_says_that_it_happened_and_not_when(known: Knowledge) -> None:
    """So that a power failure is one outage, whatever later its log says of the second."""
    body = listed((Attribute(8, CLOCK, 2), clock(START)), (Attribute(1, ALARMS, 2), number(0b10000000)))
    (log,) = said(known, notification(body)).readings.logs
    assert [(entry.at, entry.details) for entry in log.entries] == [(START, {"received_time": 1})]


def test_an_event_notification(known: Knowledge) -> None:
    apdu = EventNotification(Attribute(1, ALARMS, 2), number(1), encode_datetime(START)).encode()
    (log,) = said(known, apdu).readings.logs
    assert [(entry.at, entry.code) for entry in log.entries] == [(START, 0)]


def test_an_information_report_names_its_attributes_by_short_names() -> None:
    report = InformationReport((Variable(0xFD08),), (octet_string(b"AIM1"),))
    assert elements_of(report, {}, None) == [Element(Attribute(1, Obis.parse("0-0:42.0.0"), 2), octet_string(b"AIM1"))]


@pytest.mark.parametrize("body", [b"\x02\x02\x06\0\0\0\1", b"\x02\x01\x01", b"\x02\x01\x06\0\0\0\1\0", b""])
def test_cut_data_are_garbage(known: Knowledge, body: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        said(known, notification(Encoded(body)))
    assert error.value.cause in (Cause.GARBAGE, Cause.UNSUPPORTED)
