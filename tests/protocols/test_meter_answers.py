"""A client whose meter answers in blocks that break off, get lost or are of another shape."""

from collections.abc import Callable

import pytest

from protocols.dlms.apdu import Response
from protocols.dlms.connection import ClientConnection, State
from protocols.dlms.encoding import NULL
from protocols.dlms.exchange import Exchange, converse, get, get_list, invoke, invoke_list, put, put_list
from protocols.dlms.services.action import ActionListResponse, ActionResponse
from protocols.dlms.services.action_blocks import (
    ActionBlockReceived,
    ActionReturnBlock,
    LastActionReturnBlock,
)
from protocols.dlms.services.get import GetBlock, GetResponse, LastGetBlock
from protocols.dlms.services.writing import (
    SetBlockReceived,
    SetCompleted,
)
from protocols.dlms.services.writing_lists import SetListCompleted
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of
from tests.protocols.notebook import COUNT, ECHO, RECITE, Notebook, opened, page, text
from tests.protocols.parties import LLS, LLS_CLIENT, ciphered, run

REASONS = DataAccessResult
PART, TAKEN, MORE = GetBlock(1, b"x"), SetBlockReceived(1), ActionBlockReceived(1)


def answering(client: ClientConnection, *answers: Response) -> Callable[[bytes], bytes]:
    """A transfer in which a meter gives these answers in turn, with the invoke id asked for."""
    waiting = list(answers)

    def transfer(_: bytes) -> bytes:
        octets = bytearray(waiting.pop(0).encode())
        octets[2] = 0xC0 | client._asked.invoke
        return WrapperFraming(1, LLS_CLIENT).frame(bytes(octets))

    return transfer


def test_an_abort_by_the_meter_is_the_result_and_the_client_goes_on() -> None:
    client, session = opened(LLS, Notebook())
    aborted = answering(client, GetBlock(1, b"\x09\x05a"), LastGetBlock(2, DataAccessResult.LONG_GET_ABORTED))
    assert converse(get(client, page(2)), aborted) is DataAccessResult.LONG_GET_ABORTED
    refused = ActionResponse(ActionResult.LONG_ACTION_ABORTED)
    stopped = answering(client, ActionReturnBlock(1, b"\x09\x05a"), refused)
    assert converse(invoke(client, COUNT), stopped).result is ActionResult.LONG_ACTION_ABORTED
    full = answering(client, SetBlockReceived(1), SetCompleted(2, REASONS.LONG_SET_ABORTED))
    assert converse(put(client, page(2), text(400)), full) is REASONS.LONG_SET_ABORTED
    tired = answering(client, ActionBlockReceived(1), refused)
    assert converse(invoke(client, ECHO, text(400)), tired).result is ActionResult.LONG_ACTION_ABORTED
    lists = answering(client, ActionReturnBlock(1, b"\x01"), refused)
    assert cause_of(lambda: converse(invoke_list(client, [COUNT]), lists)) is Cause.REFUSED
    writes = answering(client, SetBlockReceived(1), SetCompleted(2, REASONS.LONG_SET_ABORTED))
    assert cause_of(lambda: converse(put_list(client, [(page(2), text(400))]), writes)) is Cause.REFUSED
    assert client.state is State.READY
    assert run(put(client, page(2), text(4)), session) is DataAccessResult.SUCCESS


@pytest.mark.parametrize(
    "answers",
    [(ActionReturnBlock(2, b"x"),), (ActionReturnBlock(1, b"\x09\x05a"), LastActionReturnBlock(3, b"bcde"))],
    ids=["first", "later"],
)
def test_a_lost_block_of_a_return_is_named(answers: tuple[Response, ...]) -> None:
    client, _ = opened(LLS, Notebook())
    assert cause_of(lambda: converse(invoke(client, COUNT), answering(client, *answers))) is Cause.BLOCK_LOST
    assert client.state is State.FAILED


def test_wrong_receipts_of_parameters_are_noticed() -> None:
    client, _ = opened(LLS, Notebook())
    transfer = answering(client, ActionBlockReceived(2))
    assert cause_of(lambda: converse(invoke(client, ECHO, text(400)), transfer)) is Cause.BLOCK_LOST


def test_a_return_without_end_is_refused() -> None:
    client, session = opened(ciphered(max_reply=300), Notebook())
    assert cause_of(lambda: run(invoke(client, RECITE), session)) is Cause.TOO_LARGE


@pytest.mark.parametrize("wrapped", [b"", b"\x00", b"\x00\x01\x00"], ids=["data", "with choice", "with result"])
def test_returns_in_blocks_are_read_as_meters_write_them(wrapped: bytes) -> None:
    client, _ = opened(LLS, Notebook())
    octets = wrapped + text(20)
    blocks = answering(client, ActionReturnBlock(1, octets[:9]), LastActionReturnBlock(2, octets[9:]))
    answer = converse(invoke(client, COUNT), blocks)
    assert (answer.result, answer.returned) == (ActionResult.SUCCESS, text(20))


@pytest.mark.parametrize(
    ("exchange", "answers", "cause"),
    [
        (lambda client: get_list(client, [page(2)]), [GetResponse(REASONS.READ_WRITE_DENIED)], Cause.ACCESS_DENIED),
        (
            lambda client: get_list(client, [page(2)]),
            [GetBlock(1, b"x"), LastGetBlock(2, REASONS.LONG_GET_ABORTED)],
            Cause.REFUSED,
        ),
        (lambda client: get(client, page(2)), [PART, GetResponse(NULL)], Cause.UNEXPECTED),
        (
            lambda client: put(client, page(2), text(400)),
            [TAKEN, SetListCompleted(2, ())],
            Cause.UNEXPECTED,
        ),
        (
            lambda client: invoke(client, ECHO, text(400)),
            [MORE, ActionListResponse(())],
            Cause.UNEXPECTED,
        ),
    ],
    ids=["list refused", "list aborted", "get", "put", "invoke"],
)
def test_answers_of_another_shape_are_named_and_the_client_goes_on(
    exchange: Callable[[ClientConnection], Exchange[object]], answers: list[Response], cause: Cause
) -> None:
    client, session = opened(LLS, Notebook())
    transfer = answering(client, *answers)
    assert cause_of(lambda: converse(exchange(client), transfer)) is cause
    assert run(put(client, page(2), text(400)), session) is DataAccessResult.SUCCESS


def test_a_long_get_that_ends_in_a_refusal_is_that_refusal() -> None:
    client, _ = opened(LLS, Notebook())
    transfer = answering(client, GetBlock(1, b"x"), GetResponse(REASONS.DATA_BLOCK_UNAVAILABLE))
    assert converse(get(client, page(2)), transfer) is REASONS.DATA_BLOCK_UNAVAILABLE
