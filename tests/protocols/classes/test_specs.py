"""Types one by one: the octets they send, and what they still understand."""

from datetime import UTC, date, datetime, time
from enum import IntFlag
from typing import Any

import pytest

from protocols.dlms.classes.access import ConformanceBits
from protocols.dlms.classes.clocks import DATE, DATE_TIME, TIME, TYPED_DATE_TIME
from protocols.dlms.classes.codes import FlagNumber, Flags
from protocols.dlms.classes.control import ControlState
from protocols.dlms.classes.records import AttributeName, CaptureObject
from protocols.dlms.classes.shapes import Array, Nullable, array_of, choice, spec_of
from protocols.dlms.classes.spec import Spec
from protocols.dlms.classes.specs import (
    ANYTHING,
    BITS,
    BOOLEAN,
    DOUBLE_LONG_UNSIGNED,
    FLOAT32,
    LONG,
    LONG_UNSIGNED,
    OBIS,
    OCTETS,
    TEXT,
    TRIGGER,
    UNSIGNED,
    UTF8,
    Unsigned,
)
from protocols.dlms.classes.units import SCALER_UNIT
from protocols.dlms.data import BitString, Value
from protocols.dlms.encoding import double_long_unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.selection import CLOCK
from protocols.dlms.tags import Tag
from protocols.dlms.units import ScalerUnit
from protocols.dlms.wildcards import CosemDate, CosemDateTime, CosemTime
from protocols.errors import LocalProtocolError, RemoteProtocolError


class Letters(IntFlag):
    A, B, C = 1, 2, 4


CAPTURE = CaptureObject(8, Obis.parse("0-0:1.0.0"), 2, 0)


@pytest.mark.parametrize(
    ("spec", "value", "octets"),
    [
        (UNSIGNED, 5, "1105"),
        (LONG, -2, "10fffe"),
        (DOUBLE_LONG_UNSIGNED, 900, "0600000384"),
        (FLOAT32, 1.5, "173fc00000"),
        (BOOLEAN, True, "0301"),
        (OCTETS, b"ab", "09026162"),
        (OBIS, Obis.parse("1-0:1.8.0"), "09060100010800ff"),
        (TEXT, "ab", "0a026162"),
        (UTF8, "€", "0c03e282ac"),
        (BITS, "10", "040280"),
        (spec_of(ControlState), ControlState.READY_FOR_RECONNECTION, "1602"),
        (Flags(Letters, 8), Letters.A | Letters.C, "0408a0"),
        (FlagNumber(Letters), Letters.B, "1102"),
        (FlagNumber(Letters, Tag.ENUM), Letters.B, "1602"),
        (TRIGGER, None, "0f00"),
        (ANYTHING, double_long_unsigned(7), "0600000007"),
        (ANYTHING, None, "00"),
        (ANYTHING, "€", "0c03e282ac"),
        (array_of(UNSIGNED), (1, 2), "010211011102"),
        (spec_of(CaptureObject), CAPTURE, "020412000809060000010000ff0f02120000"),
        (Nullable(UNSIGNED), None, "00"),
        (spec_of(Unsigned | None), None, "00"),
        (spec_of(Unsigned | None), 1, "1101"),
        (choice(OCTETS, UNSIGNED), 3, "1103"),
        (SCALER_UNIT, ScalerUnit(-1, 35), "02020fff1623"),
        (ConformanceBits(), 0x00501F, "04180050 1f"),
        (DATE, date(2026, 3, 29), "090507ea031d07"),
        (DATE, CosemDate(month=12, day=25), "0905ffff0c19ff"),
        (TIME, time(6, 30), "0904061e0000"),
        (TIME, CosemTime(minute=0), "0904ff00ffff"),
        (DATE_TIME, CosemDateTime(), "090cffffffffffffffffff8000ff"),
        (DATE_TIME, datetime(2026, 3, 29, 1, tzinfo=UTC), "090c07ea031d0701000000000000"),
        (TYPED_DATE_TIME, CosemDateTime(), "19ffffffffffffffffff8000ff"),
    ],
)
def test_values_become_exactly_these_octets(spec: Spec[Any], value: Any, octets: str) -> None:
    assert spec.encode(value) == bytes.fromhex(octets)


@pytest.mark.parametrize(
    ("spec", "received", "value"),
    [
        (BOOLEAN, 1, True),
        (FLOAT32, 2, 2.0),
        (OCTETS, "LGZ", b"LGZ"),
        (OCTETS, "€", "€".encode()),
        (OCTETS, "", b""),
        (TEXT, b"LGZ", "LGZ"),
        (UTF8, "€".encode(), "€"),
        (array_of(UNSIGNED), None, ()),
        (DATE_TIME, b"", CosemDateTime()),
        (TIME, None, CosemTime()),
        (TRIGGER, (1, 2), None),
        (Flags(Letters, 8), BitString("01"), Letters.B),
        (Flags(Letters, 8), BitString(""), Letters(0)),
    ],
)
def test_meters_that_differ_a_little_are_understood(spec: Spec[Any], received: Value, value: Any) -> None:
    assert spec.decode(received) == value


@pytest.mark.parametrize(
    ("spec", "received"),
    [
        (UNSIGNED, True),
        (UNSIGNED, "5"),
        (UNSIGNED, -1),
        (FLOAT32, True),
        (BOOLEAN, b"1"),
        (OCTETS, BitString("01")),
        (OCTETS, 1),
        (OBIS, b"12345"),
        (TEXT, BitString("01")),
        (BITS, "01"),
        (spec_of(ControlState), 256),
        (spec_of(ControlState), b"1"),
        (Flags(Letters, 8), BitString("1" * 65)),
        (FlagNumber(Letters), -1),
        (array_of(UNSIGNED), (1,)),
        (spec_of(CaptureObject), (8, b"123456", 2)),
        (choice(OCTETS, UNSIGNED), (1,)),
        (ConformanceBits(), BitString("0" * 23)),
        (DATE, b"1234"),
        (DATE_TIME, 7),
    ],
)
def test_what_cannot_be_meant_is_refused(spec: Spec[Any], received: Value) -> None:
    with pytest.raises(RemoteProtocolError, match="expected, found"):
        spec.decode(received)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (UNSIGNED, True),
        (FLOAT32, "1"),
        (BOOLEAN, 1),
        (OCTETS, "text"),
        (OBIS, b"12345"),
        (TEXT, b"octets"),
        (BITS, 5),
        (spec_of(ControlState), "open"),
        (Flags(Letters, 2), Letters.C),
        (FlagNumber(Letters), "A"),
        (TRIGGER, 0),
        (ANYTHING, 5),
        (array_of(UNSIGNED), 5),
        (spec_of(CaptureObject), (8, b"123456", 2)),
        (choice(OCTETS, UNSIGNED), (1,)),
        (SCALER_UNIT, (0, 30)),
        (ConformanceBits(), 1 << 24),
        (DATE, "2026-03-29"),
        (TIME, CosemTime(hour=999)),
        (DATE_TIME, datetime(2026, 3, 29)),  # noqa: DTZ001
    ],
)
def test_what_does_not_fit_is_not_sent(spec: Spec[Any], value: Any) -> None:
    with pytest.raises(LocalProtocolError):
        spec.encode(value)


def test_places_are_told_down_to_the_element() -> None:
    captures = Array(spec_of(CaptureObject))
    with pytest.raises(RemoteProtocolError, match=r"^\[1\]: logical_name: logical name expected, found b'short'"):
        captures.decode([tuple(CAPTURE), (8, b"short", 2, 0)])
    with pytest.raises(LocalProtocolError, match=r"^\[0\]: data_index: "):
        captures.encode([CAPTURE._replace(data_index=70_000)])


def test_long_values_are_not_repeated_in_errors() -> None:
    with pytest.raises(RemoteProtocolError) as error:
        UNSIGNED.decode(bytes(10_000))
    assert len(str(error.value)) < 120


def test_numbers_without_a_name_are_kept() -> None:
    state = spec_of(ControlState).decode(200)
    assert (state, state.name) == (200, "UNNAMED_200")
    assert spec_of(ControlState).encode(state) == bytes.fromhex("16c8")


def test_a_code_has_one_octet() -> None:
    with pytest.raises(ValueError, match="256"):
        ControlState(256)


def test_long_unsigned_takes_every_width() -> None:
    assert LONG_UNSIGNED.decode(1 << 40) == 1 << 40


def test_records_of_names_are_what_exchanges_take() -> None:
    assert CAPTURE.capture == CLOCK
    assert AttributeName(8, CLOCK.attribute.obis, 2).attribute == CLOCK.attribute
