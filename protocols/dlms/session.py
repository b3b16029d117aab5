"""Serves one client stream on a logical device."""

from protocols.dlms.answers import action, get, writing
from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.connection import ServerConnection
from protocols.dlms.device import LogicalDevice
from protocols.dlms.events import (
    AssociationRequest,
    Event,
    HlsConfirmed,
    HlsProof,
    HlsRefused,
    NeedData,
    ReleaseRequest,
    ReleaseResponse,
)
from protocols.dlms.services.failure import ExceptionResponse, ServiceError, StateError
from protocols.dlms.states import State
from protocols.errors import Cause, ProtocolError, RemoteProtocolError
from protocols.framing import Framing
from protocols.wrapper import WrapperFraming

LOGICAL_DEVICE = 1
_SERVICE_ERRORS = {
    Cause.WRONG_KEY: ServiceError.DECIPHERING_ERROR,
    Cause.WRONG_AUTHENTICATION_KEY: ServiceError.DECIPHERING_ERROR,
    Cause.WRONG_TITLE: ServiceError.DECIPHERING_ERROR,
    Cause.REPLAY: ServiceError.INVOCATION_COUNTER_ERROR,
    Cause.TOO_LARGE: ServiceError.PDU_TOO_LONG,
    Cause.UNSUPPORTED: ServiceError.SERVICE_NOT_SUPPORTED,
}


class ServerSession:
    """Answers the requests of one stream: `handle(octets)` gives the octets to send back.

    `closed` turns True when the stream cannot be understood any more and must be closed; `last_error` keeps the latest
    fault of the client.
    """

    def __init__(self, device: LogicalDevice, framing: Framing | None = None) -> None:
        self.device = device
        self.connection = ServerConnection(device.settings, framing or WrapperFraming(LOGICAL_DEVICE))
        self.closed = False
        self.last_error: ProtocolError | None = None
        self._serving = Serving(device, self.connection)

    def handle(self, data: bytes) -> bytes:
        """Take octets, give the answers to all complete requests among them, and what the layers below say."""
        answers: list[bytes] = []
        try:
            self.connection.receive_data(data)
            while (answer := self._next_answer()) is not None:
                answers.append(self.connection.send(answer))
            answers.append(self.connection.outgoing())
        except RemoteProtocolError as error:
            self.last_error = error
            self.closed = True
        return b"".join(answers)

    def push(self, notification: Event) -> bytes:
        """The octets of a notification the device sends on its own."""
        return self.connection.send(notification)

    def _next_answer(self) -> Event | None:
        """The answer to the next request, None when there is none; raises only when the framing is lost."""
        try:
            event = self.connection.next_event()
            return None if isinstance(event, NeedData) else self._answer(event)
        except RemoteProtocolError as error:
            if self.connection.state is State.FAILED:
                raise
            return self._refusal(error)

    def _answer(self, event: Event) -> Event:
        if isinstance(event, AssociationRequest):
            self._serving.associate()
            return self.connection.answer(event)
        if isinstance(event, HlsProof):
            return HlsConfirmed(event.invoke) if event.valid else HlsRefused(invoke=event.invoke)
        if isinstance(event, ReleaseRequest):
            return ReleaseResponse(event.reason)
        return _ANSWERS[type(event)](self._serving, event)

    def _refusal(self, error: RemoteProtocolError) -> ExceptionResponse:
        self.last_error = error
        service_error = _SERVICE_ERRORS.get(error.cause, ServiceError.OTHER_REASON)
        settings = self.connection.settings
        counted = service_error is ServiceError.INVOCATION_COUNTER_ERROR and settings is not None
        expected = settings.client_counter.last + 1 if settings and counted else None
        return ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, service_error, expected)


_ANSWERS: Answers = {**get.ANSWERS, **writing.ANSWERS, **action.ANSWERS}
