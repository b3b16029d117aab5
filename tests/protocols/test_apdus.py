"""Every APDU round trips and none can be cut without notice."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.apdu import UnknownApduError, decode_apdu
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.obis import Obis
from protocols.dlms.selection import RawSelection
from protocols.dlms.services.access import AccessRequest, AccessResponse
from protocols.dlms.services.access_items import AccessAction, AccessGet, AccessKind, AccessOutcome, AccessSet
from protocols.dlms.services.action import ActionListRequest, ActionListResponse, ActionRequest, ActionResponse
from protocols.dlms.services.action_blocks import (
    ActionBlock,
    ActionBlockReceived,
    ActionFirstBlock,
    ActionListFirstBlock,
    ActionNext,
    ActionReturnBlock,
    LastActionBlock,
    LastActionReturnBlock,
)
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
from protocols.dlms.services.notification import DataNotification, DataNotificationConfirm, EventNotification
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)
from protocols.dlms.services.writing_lists import (
    SetListCompleted,
    SetListFirstBlock,
    SetListRequest,
    SetListResponse,
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
ACTED = st.sampled_from(ActionResult)
TARGETS = st.lists(st.tuples(ATTRIBUTE, SELECTION), max_size=5).map(tuple)
METHODS = st.lists(METHOD, max_size=5).map(tuple)
OUTCOMES = st.lists(st.tuples(ACTED, st.none() | RESULT), max_size=5).map(tuple)
ITEM = (
    st.builds(AccessGet, ATTRIBUTE, SELECTION)
    | st.builds(AccessSet, ATTRIBUTE, DATA, SELECTION)
    | st.builds(AccessAction, METHOD, DATA)
)
SPECIFICATION = (
    st.builds(AccessGet, ATTRIBUTE, SELECTION)
    | st.builds(AccessSet, ATTRIBUTE, selection=SELECTION)
    | st.builds(AccessAction, METHOD)
)
READ_OR_WRITTEN = st.builds(AccessOutcome, st.sampled_from([AccessKind.GET, AccessKind.SET]), REASON, DATA)
ACCESSED = READ_OR_WRITTEN | st.builds(AccessOutcome, st.just(AccessKind.ACTION), ACTED, DATA)


@st.composite
def valued(draw: st.DrawFn, request: type, names: st.SearchStrategy[tuple[object, ...]]) -> object:
    """A request with as many values as names."""
    named = draw(names)
    return request(named, tuple(draw(DATA) for _ in named), draw(OCTET))


APDUS: dict[str, st.SearchStrategy[Any]] = {
    "get": st.builds(GetRequest, ATTRIBUTE, SELECTION, OCTET),
    "get next": st.builds(GetNext, NUMBER, OCTET),
    "get list": st.builds(GetListRequest, TARGETS, OCTET),
    "got": st.builds(GetResponse, RESULT, OCTET),
    "got block": st.builds(GetBlock, NUMBER, BINARY, OCTET),
    "got last block": st.builds(LastGetBlock, NUMBER, BINARY | REASON, OCTET),
    "got list": st.builds(GetListResponse, st.lists(RESULT, max_size=5).map(tuple), OCTET),
    "set": st.builds(SetRequest, ATTRIBUTE, DATA, SELECTION, OCTET),
    "set first": st.builds(SetFirstBlock, ATTRIBUTE, BINARY, SELECTION, OCTET, st.booleans()),
    "set list": valued(SetListRequest, TARGETS),
    "set list first": st.builds(SetListFirstBlock, TARGETS, BINARY, OCTET, st.booleans()),
    "set block": st.builds(SetBlock, NUMBER, BINARY, OCTET),
    "set last": st.builds(LastSetBlock, NUMBER, BINARY, OCTET),
    "was set": st.builds(SetResponse, REASON, OCTET),
    "block was set": st.builds(SetBlockReceived, NUMBER, OCTET),
    "all was set": st.builds(SetCompleted, NUMBER, REASON, OCTET),
    "list was set": st.builds(SetListResponse, st.lists(REASON, max_size=9).map(tuple), OCTET),
    "all of list was set": st.builds(SetListCompleted, NUMBER, st.lists(REASON, max_size=9).map(tuple), OCTET),
    "action": st.builds(ActionRequest, METHOD, st.none() | DATA, OCTET),
    "action next": st.builds(ActionNext, NUMBER, OCTET),
    "action list": valued(ActionListRequest, METHODS),
    "action first": st.builds(ActionFirstBlock, METHOD, BINARY, OCTET, st.booleans()),
    "action list first": st.builds(ActionListFirstBlock, METHODS, BINARY, OCTET, st.booleans()),
    "action block": st.builds(ActionBlock, NUMBER, BINARY, OCTET),
    "action last": st.builds(LastActionBlock, NUMBER, BINARY, OCTET),
    "acted": st.builds(ActionResponse, ACTED, st.none() | RESULT, OCTET),
    "returned block": st.builds(ActionReturnBlock, NUMBER, BINARY, OCTET),
    "returned last block": st.builds(LastActionReturnBlock, NUMBER, BINARY, OCTET),
    "acted list": st.builds(ActionListResponse, OUTCOMES, OCTET),
    "action block received": st.builds(ActionBlockReceived, NUMBER, OCTET),
    "access": st.builds(AccessRequest, st.lists(ITEM, max_size=5).map(tuple), NUMBER, st.binary(max_size=12)),
    "accessed": st.builds(
        AccessResponse,
        st.lists(ACCESSED, max_size=5).map(tuple),
        st.none() | st.lists(SPECIFICATION, max_size=5).map(tuple),
        NUMBER,
        st.binary(max_size=12),
    ),
    "push received": st.builds(DataNotificationConfirm, NUMBER, st.binary(max_size=12)),
    "push": st.builds(DataNotification, DATA, st.just(b"") | st.binary(min_size=12, max_size=12), NUMBER),
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
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_round_trip(name: str, data: st.DataObject) -> None:
    apdu = data.draw(APDUS[name])
    assert decode_apdu(apdu.encode()) == apdu


@pytest.mark.parametrize("name", [name for name in APDUS if name not in OPEN_ENDED])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_every_cut_is_garbage(name: str, data: st.DataObject) -> None:
    octets = data.draw(APDUS[name]).encode()
    with pytest.raises(RemoteProtocolError) as error:
        decode_apdu(octets[: data.draw(st.integers(0, len(octets) - 1))])
    assert error.value.cause is Cause.GARBAGE


KINDS = ["c009c1", "c40ac1", "c1ffc1", "c5ffc1", "c3ffc1", "c707c100"]
"""Choices that no service has."""
CUT = ["c0", "c408", "c7", "d9", "c506c100", "c702c10100000001"]
WRONG = ["d80909", "c704c1000001", "d9c0000001000106", "dac000000100000101"]


@pytest.mark.parametrize("octets", ["", "03", *KINDS, *CUT, *WRONG])
def test_unknown_apdus_are_garbage(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_apdu(bytes.fromhex(octets))
    assert error.value.cause is Cause.GARBAGE
    assert isinstance(error.value, UnknownApduError) is (octets in ("", "03"))
