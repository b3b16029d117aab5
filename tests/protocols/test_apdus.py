"""Every APDU round trips and none can be cut without notice."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.apdu import Apdu, decode_apdu
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import Encoded
from protocols.dlms.obis import Obis
from protocols.dlms.selection import CLOCK, Capture, Entries, Range, RawSelection
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError, StateError
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
)
from protocols.dlms.services.notification import DataNotification, EventNotification
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause, RemoteProtocolError
from tests.protocols.test_data import ANY

OBIS = st.binary(min_size=6, max_size=6).map(Obis)
CLASSES, OCTET, NUMBER = st.integers(0, 0xFFFF), st.integers(0, 255), st.integers(0, 2**32 - 1)
ATTRIBUTE = st.builds(Attribute, CLASSES, OBIS, OCTET)
METHOD = st.builds(Method, CLASSES, OBIS, OCTET)
DATA = ANY.map(lambda pair: pair[0])
SELECTION = st.none() | st.builds(RawSelection, OCTET, DATA)
BINARY = st.binary(max_size=300)
REASON = st.sampled_from(DataAccessResult)
RESULT = DATA | REASON
APDUS: dict[str, st.SearchStrategy[Apdu]] = {
    "get": st.builds(GetRequest, ATTRIBUTE, SELECTION, OCTET),
    "get next": st.builds(GetNext, NUMBER, OCTET),
    "get list": st.builds(GetListRequest, st.lists(st.tuples(ATTRIBUTE, SELECTION), max_size=5).map(tuple), OCTET),
    "got": st.builds(GetResponse, RESULT, OCTET),
    "got block": st.builds(GetBlock, NUMBER, BINARY, OCTET),
    "got last block": st.builds(LastGetBlock, NUMBER, BINARY | REASON, OCTET),
    "got list": st.builds(GetListResponse, st.lists(RESULT, max_size=5).map(tuple), OCTET),
    "set": st.builds(SetRequest, ATTRIBUTE, DATA, SELECTION, OCTET),
    "set first": st.builds(SetFirstBlock, ATTRIBUTE, BINARY, SELECTION, OCTET),
    "set block": st.builds(SetBlock, NUMBER, BINARY, OCTET),
    "set last": st.builds(LastSetBlock, NUMBER, BINARY, OCTET),
    "was set": st.builds(SetResponse, REASON, OCTET),
    "block was set": st.builds(SetBlockReceived, NUMBER, OCTET),
    "all was set": st.builds(SetCompleted, NUMBER, REASON, OCTET),
    "action": st.builds(ActionRequest, METHOD, st.none() | DATA, OCTET),
    "acted": st.builds(ActionResponse, st.sampled_from(ActionResult), st.none() | RESULT, OCTET),
    "push": st.builds(DataNotification, DATA, BINARY, NUMBER),
    "event": st.builds(EventNotification, ATTRIBUTE, DATA, st.binary(max_size=12)),
    "exception": st.builds(ExceptionResponse, st.sampled_from(StateError), st.sampled_from(ServiceError)),
    "counter": st.builds(
        ExceptionResponse, st.sampled_from(StateError), st.just(ServiceError.INVOCATION_COUNTER_ERROR), NUMBER
    ),
    "service error": st.builds(ConfirmedServiceError, OCTET, OCTET, OCTET),
}
OPEN_ENDED = frozenset(("got", "set", "acted", "action", "push", "event", "counter"))
"""APDUs that end in data whose own end is checked when it is decoded."""


@pytest.mark.parametrize("name", APDUS)
@given(data=st.data())
def test_round_trip(name: str, data: st.DataObject) -> None:
    apdu = data.draw(APDUS[name])
    assert decode_apdu(apdu.encode()) == apdu


@pytest.mark.parametrize("name", [name for name in APDUS if name not in OPEN_ENDED])
@given(data=st.data())
def test_every_cut_is_garbage(name: str, data: st.DataObject) -> None:
    octets = data.draw(APDUS[name]).encode()
    with pytest.raises(RemoteProtocolError) as error:
        decode_apdu(octets[: data.draw(st.integers(0, len(octets) - 1))])
    assert error.value.cause is Cause.GARBAGE


CAPTURE = st.builds(Capture, st.builds(Attribute, CLASSES, OBIS, st.integers(-128, 127)), CLASSES)
WHOLE_SECONDS = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001
INSTANT = WHOLE_SECONDS.map(lambda at: at.replace(microsecond=0))
RANGE = st.builds(Range, INSTANT | NUMBER, INSTANT | NUMBER, st.lists(CAPTURE, max_size=4).map(tuple), CAPTURE)


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


@pytest.mark.parametrize(
    "octets", ["", "c0", "c009c1", "c40ac1", "c408", "05", "d80909", "c707c100", "c1ffc1", "c5ffc1"]
)
def test_unknown_apdus_are_garbage(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_apdu(bytes.fromhex(octets))
    assert error.value.cause is Cause.GARBAGE
