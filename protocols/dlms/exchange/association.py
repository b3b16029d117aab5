"""Opening and closing: the layers below first, then the association, HLS included; and back."""

from protocols.dlms.connection import ClientConnection
from protocols.dlms.events import (
    AssociationAccepted,
    AssociationRejected,
    HlsChallenge,
    HlsConfirmed,
    HlsProof,
    HlsRefused,
    ReleaseRequest,
    ReleaseResponse,
)
from protocols.dlms.exchange.request import Exchange, cut, expect, keep_notifications, request
from protocols.dlms.states import State
from protocols.errors import Cause, RemoteProtocolError


def connect(connection: ClientConnection) -> Exchange[None]:
    """Set up the layers that carry APDUs (HDLC, mode E); nothing to do over TCP. `associate` does it by itself.

    RemoteProtocolError (REJECTED_CONNECTION) when the meter refuses.
    """
    if connection.is_open:
        return
    data = connection.open()
    while not connection.is_open:
        received = yield data
        if not received:
            raise cut("the set-up of the connection")
        connection.receive_data(received)
        keep_notifications(connection)
        data = connection.outgoing()


def associate(connection: ClientConnection) -> Exchange[AssociationAccepted | HlsChallenge]:
    """Open the association, HLS included. One that is pre-established is open at once; nothing is sent.

    RemoteProtocolError: REJECTED_ASSOCIATION with the meter's diagnosis in words, AUTHENTICATION_FAILED, or one of
    WRONG_KEY, WRONG_AUTHENTICATION_KEY, WRONG_COUNTER, WRONG_TITLE, REPLAY.
    """
    yield from connect(connection)
    settings = connection.settings
    if settings.established:
        return AssociationAccepted(settings.established, settings.expected_title or b"")
    answer = yield from request(connection, connection.association_request())
    if isinstance(answer, AssociationAccepted):
        return answer
    if isinstance(answer, AssociationRejected):
        raise RemoteProtocolError(Cause.REJECTED_ASSOCIATION, answer.words)
    challenge = expect(answer, HlsChallenge)
    proof = yield from request(connection, HlsProof(invoke=connection.next_invoke()))
    if isinstance(proof, HlsRefused):
        raise RemoteProtocolError(Cause.AUTHENTICATION_FAILED, f"the meter refused our proof: {proof.result.name}")
    expect(proof, HlsConfirmed)
    return challenge


def release(connection: ClientConnection) -> Exchange[None]:
    """Close the association; does nothing when none is open, or when it is pre-established and so never closed."""
    if connection.state in (State.IDLE, State.FAILED) or connection.settings.established:
        return
    expect((yield from request(connection, ReleaseRequest())), ReleaseResponse)


def disconnect(connection: ClientConnection) -> Exchange[None]:
    """End the layers below (DISC of HDLC); nothing to do over TCP.

    The connection is unusable from the first octet on, so whatever the meter says to it is read once and is enough.
    """
    data = connection.close()
    received = (yield data) if data else b""
    if received:
        connection.receive_data(received)
        keep_notifications(connection)
