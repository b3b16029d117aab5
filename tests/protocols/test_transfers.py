"""Transfers in blocks that are abandoned, mixed up, too long or never began end by name, and the next request works."""

import pytest

from protocols.dlms.apdu import Request, Response
from protocols.dlms.connection import State
from protocols.dlms.exchange import invoke, put, request
from protocols.dlms.server import ServerSession
from protocols.dlms.services.action import ActionResponse
from protocols.dlms.services.action_blocks import (
    ActionBlock,
    ActionBlockReceived,
    ActionFirstBlock,
    ActionListFirstBlock,
    ActionNext,
    ActionReturnBlock,
    LastActionBlock,
)
from protocols.dlms.services.get import GetBlock, GetNext, GetRequest, LastGetBlock
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
)
from protocols.dlms.services.writing_lists import SetListCompleted, SetListFirstBlock
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of
from tests.protocols.notebook import COUNT, ECHO, RECITE, Notebook, opened, page, text
from tests.protocols.parties import LLS, LLS_CLIENT, run

REASONS = DataAccessResult
MISMATCH = ActionResponse(ActionResult.TYPE_UNMATCHED)
FRAMES = WrapperFraming(LLS_CLIENT, 1)
STRAYS: list[tuple[Request, Response]] = [
    (GetNext(1), LastGetBlock(1, DataAccessResult.NO_LONG_GET_IN_PROGRESS)),
    (SetBlock(2, b"x"), SetCompleted(2, DataAccessResult.NO_LONG_SET_IN_PROGRESS)),
    (LastSetBlock(2, b"x"), SetCompleted(2, DataAccessResult.NO_LONG_SET_IN_PROGRESS)),
    (ActionBlock(2, b"x"), ActionResponse(ActionResult.NO_LONG_ACTION_IN_PROGRESS)),
    (LastActionBlock(2, b"x"), ActionResponse(ActionResult.NO_LONG_ACTION_IN_PROGRESS)),
    (ActionNext(1), ActionResponse(ActionResult.NO_LONG_ACTION_IN_PROGRESS)),
]
strays = pytest.mark.parametrize(("stray", "answer"), STRAYS, ids=lambda event: type(event).__name__)


def asked(session: ServerSession, event: Request) -> bytes:
    """The plain answer to an event that our own client would not send here."""
    return session.handle(FRAMES.frame(event.encode()))[8:]


@strays
def test_a_block_without_transfer_is_answered_by_name(stray: Request, answer: Response) -> None:
    client, session = opened(LLS, Notebook())
    assert asked(session, stray) == answer.encode()
    assert run(put(client, page(2), text(400)), session) is DataAccessResult.SUCCESS


@strays
def test_our_own_client_does_not_send_one(stray: Request, answer: Response) -> None:
    client, _ = opened(LLS, Notebook())
    assert cause_of(lambda: client.send(stray)) is Cause.UNEXPECTED


OPENINGS: list[tuple[Request, type]] = [
    (GetRequest(page(2)), GetBlock),
    (SetFirstBlock(page(2), b"\x09\x10abc"), SetBlockReceived),
    (SetListFirstBlock(((page(2), None),), b"\x01\x09"), SetBlockReceived),
    (ActionFirstBlock(ECHO, b"\x09\x10abc"), ActionBlockReceived),
    (ActionListFirstBlock((ECHO,), b"\x01\x09"), ActionBlockReceived),
]


@strays
@pytest.mark.parametrize(("opening", "first"), OPENINGS, ids=["get", "set", "set list", "action", "action list"])
def test_a_block_of_another_request_is_not_taken_for_ours(
    opening: Request, first: type, stray: Request, answer: Response
) -> None:
    notebook = Notebook()
    notebook.pages[2] = text(400)
    client, session = opened(LLS, notebook)
    client.receive_data(session.handle(client.send(opening)))
    assert isinstance(client.next_event(), first)
    octets, expected = bytearray(stray.encode()), bytearray(answer.encode())
    octets[2] = expected[2] = 0xC7
    assert session.handle(FRAMES.frame(bytes(octets)))[8:] == bytes(expected)


def test_a_new_request_ends_a_transfer() -> None:
    notebook = Notebook()
    client, session = opened(LLS, notebook)
    run(request(client, SetFirstBlock(page(2), b"\x09\x10abc")), session)
    assert run(put(client, page(3), text(4)), session) is DataAccessResult.SUCCESS
    stray = asked(session, LastSetBlock(2, bytes(13)))
    assert stray == SetCompleted(2, DataAccessResult.NO_LONG_SET_IN_PROGRESS).encode()
    assert notebook.pages[2] == text(0)


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        (
            SetFirstBlock(page(2), b"\x09"),
            SetBlock(3, b"x"),
            SetCompleted(3, REASONS.DATA_BLOCK_NUMBER_INVALID),
        ),
        (ActionFirstBlock(ECHO, b"\x09"), ActionBlock(3, b"x"), ActionResponse(ActionResult.DATA_BLOCK_UNAVAILABLE)),
        (SetFirstBlock(page(2), b"\x09"), SetBlock(2, bytes(40)), SetCompleted(2, REASONS.LONG_SET_ABORTED)),
        (ActionFirstBlock(ECHO, b"\x09"), ActionBlock(2, bytes(40)), ActionResponse(ActionResult.LONG_ACTION_ABORTED)),
        (SetFirstBlock(page(2), bytes(40)), None, SetCompleted(1, REASONS.LONG_SET_ABORTED)),
        (ActionFirstBlock(ECHO, bytes(40)), None, ActionResponse(ActionResult.LONG_ACTION_ABORTED)),
    ],
    ids=["set number", "action number", "set size", "action size", "set first", "action first"],
)
def test_a_request_that_loses_a_block_or_never_ends_is_aborted(
    first: Request, second: Request | None, answer: Response
) -> None:
    notebook = Notebook()
    client, session = opened(LLS, notebook, max_request=30)
    last = run(request(client, first), session)
    if second is not None:
        last = run(request(client, second), session)
    assert last == answer
    assert (notebook.pages[2], notebook.calls, client.state) == (text(0), [], State.READY)
    further = LastSetBlock(4, b"x") if isinstance(first, SetFirstBlock) else LastActionBlock(4, b"x")
    assert b"\x12" in asked(session, further) or b"\x10" in asked(session, further)


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (SetFirstBlock(page(2), text(3), last=True), SetCompleted(1, DataAccessResult.SUCCESS)),
        (
            SetListFirstBlock(((page(2), None),), b"\x01" + text(3), last=True),
            SetListCompleted(1, (DataAccessResult.SUCCESS,)),
        ),
        (ActionFirstBlock(COUNT, text(3), last=True), ActionResponse(ActionResult.SUCCESS)),
    ],
    ids=["set", "set list", "action"],
)
def test_a_transfer_of_one_block_is_complete_at_once(first: Request, answer: Response) -> None:
    client, session = opened(LLS, Notebook())
    assert run(request(client, first), session) == answer


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (SetFirstBlock(page(2), b"\x09\x05", last=True), SetCompleted(1, DataAccessResult.TYPE_UNMATCHED)),
        (
            SetListFirstBlock(((page(2), None),) * 2, b"\x01" + text(3), last=True),
            SetCompleted(1, DataAccessResult.TYPE_UNMATCHED),
        ),
        (ActionFirstBlock(ECHO, b"\x09\x05", last=True), MISMATCH),
        (ActionListFirstBlock((ECHO,), b"\x02" + text(3), last=True), MISMATCH),
        (
            ActionListFirstBlock((ECHO,), b"\x01" + text(3) + b"\x00", last=True),
            MISMATCH,
        ),
    ],
    ids=["set", "set list", "action", "action list", "left over"],
)
def test_blocks_that_hold_no_data_change_nothing(first: Request, answer: Response) -> None:
    notebook = Notebook()
    client, session = opened(LLS, notebook)
    assert run(request(client, first), session) == answer
    assert (notebook.pages[2], notebook.calls) == (text(0), [])


def test_a_wrong_call_for_a_block_breaks_a_return_off() -> None:
    client, session = opened(LLS, Notebook())
    answer = run(request(client, ActionFirstBlock(RECITE, b"\x00", last=True)), session)
    assert isinstance(answer, ActionReturnBlock)
    broken = run(request(client, ActionNext(7)), session)
    assert broken == ActionResponse(ActionResult.DATA_BLOCK_UNAVAILABLE)
    assert asked(session, ActionNext(1)) == ActionResponse(ActionResult.NO_LONG_ACTION_IN_PROGRESS).encode()
    assert run(invoke(client, RECITE), session).returned == text(400)
