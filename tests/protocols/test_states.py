"""The table itself: both roles obey it in every state, every state can be left, nobody sends what none would take."""

import pytest

from protocols.dlms.apdu import Apdu
from protocols.dlms.connection import ClientConnection, ServerConnection
from protocols.dlms.events import AssociationRequest, HlsProof, ReleaseRequest
from protocols.dlms.services.get import GetRequest
from protocols.dlms.services.notification import DataNotification, DataNotificationConfirm
from protocols.dlms.states import LIVE, RECEIVED, TRANSITIONS, Role, State
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.every_event import EVENTS, STRAYS
from tests.protocols.parties import CAPTURES, PUBLIC, Meter, connect

PAUSES = {state for state in LIVE if state.name.endswith("PAUSED")}
CLIENTS_TURN = {State.IDLE, State.CHALLENGED, State.READY, *PAUSES}
every_state = pytest.mark.parametrize("state", State, ids=lambda state: state.name)
every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)


def followers(state: State) -> set[State]:
    return set(TRANSITIONS[Role.CLIENT][state].values()) | set(TRANSITIONS[Role.SERVER][state].values())


def server_in(state: State) -> ServerConnection:
    """A server that stands in `state` and has just heard of client 16."""
    server = ServerConnection(Meter().device.settings, WrapperFraming(1))
    server.receive_data(connect(PUBLIC).send(connect(PUBLIC).association_request()))
    server.next_event()
    server.state = state
    return server


def client_in(state: State, invoke: int = 1) -> ClientConnection:
    client = connect(PUBLIC)
    client.state = state
    client._asked.invoke = invoke
    return client


def test_every_state_is_reached_and_leads_back_to_idle() -> None:
    reached, paths = {State.IDLE}, [State.IDLE]
    for state in paths:
        new = followers(state) - reached
        reached |= new
        paths += sorted(new)
    assert reached == set(LIVE)
    home = {State.IDLE}
    for _ in LIVE:
        home |= {state for state in LIVE if followers(state) & home}
    assert home == set(LIVE)


def test_no_event_belongs_to_both_roles() -> None:
    sent = {role: {event for row in TRANSITIONS[role].values() for event in row} for role in Role}
    assert not sent[Role.CLIENT] & sent[Role.SERVER]


def test_every_event_is_somebodys_to_send() -> None:
    sent = {event for role in Role for row in TRANSITIONS[role].values() for event in row}
    assert {type(event) for event in EVENTS} <= sent


def test_a_failed_association_allows_nothing() -> None:
    assert not followers(State.FAILED)


@pytest.mark.parametrize("state", LIVE, ids=lambda state: state.name)
def test_while_the_server_is_to_answer_the_client_is_silent(state: State) -> None:
    said = set(TRANSITIONS[Role.CLIENT][state]) - {DataNotificationConfirm}
    assert bool(said) is (state in CLIENTS_TURN)
    assert DataNotification in TRANSITIONS[Role.SERVER][state]


@every_state
@every_event
def test_a_client_sends_what_the_table_allows_and_nothing_else(state: State, event: Apdu) -> None:
    client, following = client_in(state), TRANSITIONS[Role.CLIENT][state].get(type(event))
    if following is None:
        with pytest.raises(LocalProtocolError) as error:
            client.send(event)
        assert (error.value.cause, client.state) == (Cause.UNEXPECTED, state)
    else:
        assert client.send(event)
        assert client.state is following


@every_state
@every_event
def test_a_client_takes_what_the_table_allows_and_nothing_else(state: State, event: Apdu) -> None:
    client, following = client_in(state), RECEIVED[Role.CLIENT][state].get(type(event))
    client._asked._sent = 1
    client.receive_data(WrapperFraming(1, 16).frame(event.encode()))
    if following is None:
        with pytest.raises(RemoteProtocolError):
            client.next_event()
        assert client.state is State.FAILED
    else:
        assert client.next_event() == event
        assert client.state is following


@every_state
@every_event
def test_a_server_sends_what_the_table_allows_and_nothing_else(state: State, event: Apdu) -> None:
    server, following = server_in(state), TRANSITIONS[Role.SERVER][state].get(type(event))
    if following is None:
        with pytest.raises(LocalProtocolError):
            server.send(event)
        assert server.state is state
    else:
        assert server.send(event)
        assert server.state is following


@every_state
@every_event
def test_a_server_takes_what_the_table_allows_and_stray_blocks(state: State, event: Apdu) -> None:
    server, following = server_in(state), RECEIVED[Role.SERVER][state].get(type(event))
    server.receive_data(WrapperFraming(16, 1).frame(event.encode()))
    if following is None:
        with pytest.raises(RemoteProtocolError):
            server.next_event()
        assert server.state is state
    else:
        assert server.next_event() == event
        assert server.state is following
    strange = following is not None and type(event) not in TRANSITIONS[Role.CLIENT][state]
    assert not strange or (type(event) in STRAYS and GetRequest in TRANSITIONS[Role.CLIENT][state])


@pytest.mark.parametrize("event", [ReleaseRequest(), HlsProof(), GetRequest(CAPTURES[0].attribute)])
def test_a_client_cannot_begin_without_association(event: ReleaseRequest) -> None:
    client = connect(PUBLIC)
    with pytest.raises(LocalProtocolError) as error:
        client.send(event)
    assert error.value.cause is Cause.UNEXPECTED
    assert client.state is State.IDLE


def test_a_server_does_not_ask() -> None:
    server = ServerConnection(Meter().device.settings, WrapperFraming(1, 16))
    request = ClientConnection(PUBLIC[1], WrapperFraming(16, 1)).association_request()
    assert isinstance(request, AssociationRequest)
    with pytest.raises(LocalProtocolError):
        server.send(request)
