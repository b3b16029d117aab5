"""The table itself: both roles obey it, every state can be left, nobody sends what the other would not take."""

import pytest

from protocols.dlms.connection import TRANSITIONS, ClientConnection, Role, ServerConnection, State
from protocols.dlms.events import AssociationRequest, HlsProof, ReleaseRequest
from protocols.dlms.services.get import GetRequest
from protocols.dlms.services.notification import DataNotification
from protocols.errors import Cause, LocalProtocolError
from protocols.wrapper import WrapperFraming
from tests.protocols.parties import CAPTURES, PUBLIC, Meter, connect

LIVE = [state for state in State if state is not State.FAILED]


def followers(state: State) -> set[State]:
    return set(TRANSITIONS[Role.CLIENT][state].values()) | set(TRANSITIONS[Role.SERVER][state].values())


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


def test_a_failed_association_allows_nothing() -> None:
    assert not followers(State.FAILED)


@pytest.mark.parametrize("state", LIVE)
def test_while_the_server_is_to_answer_the_client_is_silent(state: State) -> None:
    clients_turn = state in (State.IDLE, State.CHALLENGED, State.READY, State.GET_PAUSED, State.SET_PAUSED)
    assert bool(TRANSITIONS[Role.CLIENT][state]) is clients_turn
    assert DataNotification in TRANSITIONS[Role.SERVER][state]


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
