"""Selective access: what is asked for is what arrives, in the types of the Blue Book."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.apdu import decode_apdu
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL, array, integer, long64, octet_string, structure, unsigned
from protocols.dlms.obis import Obis
from protocols.dlms.selection import CLOCK, Capture, Entries, Range, RawSelection
from protocols.dlms.services.get import GetRequest
from protocols.errors import Cause, RemoteProtocolError
from tests.protocols.test_apdus import CLASSES, NUMBER, OBIS

BOUND = st.integers(-(2**63), 2**64 - 1)
CAPTURE = st.builds(Capture, st.builds(Attribute, CLASSES, OBIS, st.integers(-128, 127)), CLASSES)
WHOLE_SECONDS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001
INSTANT = WHOLE_SECONDS.map(lambda at: at.replace(microsecond=0))
RANGE = st.builds(Range, INSTANT | BOUND, INSTANT | BOUND, st.lists(CAPTURE, max_size=4).map(tuple), CAPTURE)


@given(RANGE | st.builds(Entries, NUMBER, NUMBER, CLASSES, CLASSES))
def test_selections_round_trip(selection: Range | Entries) -> None:
    target = Attribute(7, Obis.parse("1-0:99.1.0"), 2)
    request = decode_apdu(GetRequest(target, selection).encode())
    assert isinstance(request, GetRequest)
    assert isinstance(request.selection, RawSelection)
    assert request.selection.parse() == selection


DAY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "selection", [Range(*DAY), Range(*DAY, (CLOCK,)), Range(1, 2), Range(DAY[0], 2), Range(1, DAY[1])], ids=str
)
def test_ranges_by_the_clock_round_trip(selection: Range) -> None:
    octets = selection.encode()
    assert RawSelection(octets[0], Encoded(octets[1:])).parse() == selection


def test_a_range_as_the_standard_writes_it() -> None:
    selection = Range(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    assert selection.encode().hex() == (
        "01020402041200080906000001000 0ff0f02120000".replace(" ", "")
        + "090c07ea0101040000000000 0000".replace(" ", "")
        + "090c07ea01020500000000000000"
        + "0100"
    )


@pytest.mark.parametrize(
    "selection",
    [RawSelection(3, Encoded(b"\x00")), RawSelection(1, Encoded(b"\x02\x00")), RawSelection(2, Encoded(b"\x00"))],
)
def test_unknown_selections_are_garbage(selection: RawSelection) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        selection.parse()
    assert error.value.cause is Cause.GARBAGE


EVENT = Capture(Attribute(1, Obis.parse("0-0:96.11.0"), 2))


@pytest.mark.parametrize("bound", [unsigned(7), long64(7), integer(7)], ids=["unsigned", "long64", "integer"])
def test_numbers_of_any_type_are_read(bound: Encoded) -> None:
    asked = RawSelection(1, structure(EVENT.encode(), bound, bound, array([CLOCK.encode(), EVENT.encode()])))
    assert asked.parse() == Range(7, 7, (CLOCK, EVENT), EVENT)


@pytest.mark.parametrize("bound", [NULL, octet_string(b"short"), array([])], ids=["null", "short", "array"])
def test_bounds_that_are_neither_instant_nor_number_are_garbage(bound: Encoded) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        RawSelection(1, structure(EVENT.encode(), bound, bound, array([]))).parse()
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    ("bound", "octets"),
    [
        (5, "0600000005"),
        (2**32 - 1, "06FFFFFFFF"),
        (2**32, "140000000100000000"),
        (-1, "05FFFFFFFF"),
        (-(2**31) - 1, "14FFFFFFFF7FFFFFFF"),
        (2**63, "158000000000000000"),
    ],
)
def test_numbers_are_written_in_a_type_that_holds_them(bound: int, octets: str) -> None:
    encoded = Range(bound, bound, (), EVENT).encode()
    assert encoded.endswith(bytes.fromhex(octets) * 2 + b"\x01\x00")


def test_entries_to_the_end_and_all_columns() -> None:
    octets = Entries(3).encode()
    assert octets.hex() == "020204060000000306000000001200011200" + "00"
    assert RawSelection(octets[0], Encoded(octets[1:])).parse() == Entries(3, 0, 1, 0)
