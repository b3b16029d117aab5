"""Requests without an answer are done in silence, by the service class of their invoke id."""

from collections.abc import Callable

import pytest

from protocols.dlms.connection import State
from protocols.dlms.data import decode
from protocols.dlms.encoding import NULL, integer
from protocols.dlms.exchange import get, put
from protocols.dlms.server import ServerSession
from protocols.dlms.services.access import AccessRequest
from protocols.dlms.services.access_items import AccessAction, AccessSet
from protocols.dlms.services.action import ActionListRequest, ActionRequest
from protocols.dlms.services.get import GetRequest
from protocols.dlms.services.unconfirmed import Doing, Unconfirmed
from protocols.dlms.services.writing import SetRequest
from protocols.dlms.services.writing_lists import SetListRequest
from protocols.dlms.tags import DataAccessResult
from protocols.wrapper import WrapperFraming
from tests.protocols.notebook import ACCESSES, COUNT, ECHO, Access, Notebook, opened, page, text
from tests.protocols.parties import LLS, LLS_CLIENT, ciphered, run

DOINGS: dict[str, Doing] = {
    "set": SetRequest(page(2), text(5)),
    "set list": SetListRequest(((page(2), None), (page(3), None)), (text(5), integer(1))),
    "action": ActionRequest(ECHO, text(5)),
    "action list": ActionListRequest((COUNT, ECHO), (NULL, text(5))),
    "access": AccessRequest((AccessSet(page(2), text(5)), AccessAction(ECHO, text(5)))),
}


@pytest.mark.parametrize("access", ACCESSES.values(), ids=ACCESSES)
@pytest.mark.parametrize("doing", DOINGS.values(), ids=DOINGS)
def test_it_is_done_and_nothing_is_said(access: Callable[[], Access], doing: Doing) -> None:
    notebook = Notebook()
    client, session = opened(access(), notebook)
    assert session.handle(client.send(Unconfirmed(doing))) == b""
    assert (client.state, session.connection.state, session.last_error) == (State.READY, State.READY, None)
    assert notebook.pages[2] == text(5) or decode(text(5)) in notebook.calls
    assert run(get(client, page(3)), session) == text(0)


def test_what_fails_is_silent_too() -> None:
    client, session = opened(ciphered(), Notebook())
    assert session.handle(client.send(Unconfirmed(SetRequest(page(9), text(5))))) == b""
    assert run(put(client, page(2), text(5)), session) is DataAccessResult.SUCCESS


def test_several_in_one_delivery_are_all_done() -> None:
    notebook = Notebook()
    client, session = opened(LLS, notebook)
    octets = b"".join(client.send(Unconfirmed(ActionRequest(COUNT, integer(number)))) for number in range(3))
    asked = client.send(GetRequest(page(2), invoke=client.next_invoke()))
    client.receive_data(session.handle(octets + asked))
    assert notebook.calls == [0, 1, 2]
    assert client.next_event()


@pytest.mark.parametrize("invoke", [0x01, 0x81])
def test_a_read_is_answered_whatever_its_class(invoke: int) -> None:
    _, session = opened(LLS, Notebook())
    answer = plainly(session, GetRequest(page(2), invoke=invoke))
    assert answer == bytes((0xC4, 1, invoke, 0)) + text(0)


def plainly(session: ServerSession, event: GetRequest) -> bytes:
    return session.handle(WrapperFraming(LLS_CLIENT, 1).frame(event.encode()))[8:]
