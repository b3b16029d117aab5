"""Conversations over a layer that must be set up and ended: connect, associate, release, disconnect."""

import pytest

from protocols.dlms.connection import ClientConnection, State
from protocols.dlms.exchange import associate, connect, converse, disconnect, get, release
from protocols.dlms.server import ServerSession
from protocols.errors import Cause
from protocols.hdlc import HdlcFraming
from protocols.wrapper import WrapperFraming
from tests.protocols.failing import cause_of
from tests.protocols.notebook import Notebook, page, text
from tests.protocols.parties import LLS, LLS_CLIENT, run


@pytest.fixture
def parties() -> tuple[ClientConnection, ServerSession]:
    session = ServerSession(Notebook().meter.device, HdlcFraming.server({1}, 17))
    return ClientConnection(LLS[1], HdlcFraming.client(LLS_CLIENT, 1, 17)), session


def test_a_layer_is_set_up_once_and_ended(parties: tuple[ClientConnection, ServerSession]) -> None:
    client, session = parties
    for _ in range(2):
        run(connect(client), session)
        assert client.is_open
        run(associate(client), session)
        assert run(get(client, page(2)), session) == text(0)
        run(release(client), session)
        run(disconnect(client), session)
        assert (client.is_open, session.connection.is_open, client.state) == (False, False, State.IDLE)
        run(disconnect(client), session)


def test_a_line_that_ends_while_a_layer_is_set_up_is_named(parties: tuple[ClientConnection, ServerSession]) -> None:
    client, _ = parties
    assert cause_of(lambda: converse(connect(client), lambda _: b"")) is Cause.CONNECTION_CUT


def test_a_line_may_end_while_a_layer_is_ended(parties: tuple[ClientConnection, ServerSession]) -> None:
    client, session = parties
    run(connect(client), session)
    converse(disconnect(client), lambda _: b"")


def test_nothing_is_to_be_ended_over_tcp() -> None:
    client = ClientConnection(LLS[1], WrapperFraming(LLS_CLIENT, 1))
    converse(disconnect(client), lambda data: data)
    assert client.is_open
