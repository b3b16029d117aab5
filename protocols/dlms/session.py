"""Serves one client stream on a logical device."""

from collections.abc import Callable, Iterator

from protocols.dlms.answers import access, action, get, short_names, writing
from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.apdu import UnknownApduError
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
from protocols.dlms.services.action_blocks import ActionBlock, ActionNext, LastActionBlock
from protocols.dlms.services.failure import ExceptionResponse, Failure, ServiceError, StateError
from protocols.dlms.services.get import GetNext
from protocols.dlms.services.notification import DataNotificationConfirm
from protocols.dlms.services.unconfirmed import Unconfirmed
from protocols.dlms.services.writing import LastSetBlock, SetBlock
from protocols.dlms.short_failures import as_service_error
from protocols.dlms.states import State
from protocols.errors import Cause, LocalProtocolError, ProtocolError, RemoteProtocolError
from protocols.framing import Framing
from protocols.wrapper import WrapperFraming

LOGICAL_DEVICE = 1
Alter = Callable[[Event | None], Event | None]
_SERVICE_ERRORS = {
    Cause.WRONG_KEY: ServiceError.DECIPHERING_ERROR,
    Cause.WRONG_AUTHENTICATION_KEY: ServiceError.DECIPHERING_ERROR,
    Cause.ALTERED: ServiceError.DECIPHERING_ERROR,
    Cause.WRONG_TITLE: ServiceError.DECIPHERING_ERROR,
    Cause.REPLAY: ServiceError.INVOCATION_COUNTER_ERROR,
    Cause.TOO_LARGE: ServiceError.PDU_TOO_LONG,
    Cause.UNSUPPORTED: ServiceError.SERVICE_NOT_SUPPORTED,
}


class ServerSession:
    """Answers the requests of one stream: `handle(octets)` gives the octets to send back.

    `closed` turns True when the stream cannot be understood any more and must be closed; `last_error` keeps the latest
    fault of the client, `last_confirmed` the long invoke id of the notification it confirmed last. `alter` may put
    something else in the place of a right answer, None for nothing: meters with faults, for tests and simulators.
    """

    def __init__(
        self, device: LogicalDevice, framing: Framing | None = None, alter: Alter = lambda answer: answer
    ) -> None:
        self.device = device
        self.connection = ServerConnection(device.settings, framing or WrapperFraming(LOGICAL_DEVICE))
        self.closed = False
        self.last_error: ProtocolError | None = None
        self.last_confirmed: int | None = None
        self._alter = alter
        self._serving = Serving(device, self.connection)

    def handle(self, data: bytes) -> bytes:
        """Take octets, give the answers to all complete requests among them, and what the layers below say."""
        answers: list[bytes] = []
        try:
            self.connection.receive_data(data)
            answers.extend(self._said(answer) for answer in self._answers())
            answers.append(self.connection.outgoing())
        except RemoteProtocolError as error:
            self.last_error = error
            self.closed = True
        return b"".join(answers)

    def push(self, notification: Event) -> bytes:
        """The octets of a notification the device sends on its own."""
        return self.connection.send(notification)

    def _said(self, answer: Event) -> bytes:
        """The octets of an answer, or of a refusal where the client takes only APDUs too small for it."""
        try:
            return self.connection.send(answer)
        except LocalProtocolError as error:
            if error.cause is not Cause.TOO_LARGE:
                raise
            refusal = ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.PDU_TOO_LONG)
            return self.connection.send(self._in_its_terms(refusal))

    def _answers(self) -> Iterator[Event]:
        """The answers to the requests received so far, in turn; raises only when the framing is lost."""
        while True:
            try:
                event = self.connection.next_event()
                if isinstance(event, NeedData):
                    return
                answer = self._alter(self._answer(event))
            except RemoteProtocolError as error:
                if self.connection.state is State.FAILED:
                    raise
                answer = self._in_its_terms(self._refusal(error))
            if answer is not None:
                yield answer

    def _answer(self, event: Event) -> Event | None:
        """What to say to an event of the association; None where nothing is to be said."""
        if isinstance(event, AssociationRequest):
            self._serving.associate()
            return self.connection.answer(event)
        if isinstance(event, HlsProof):
            return HlsConfirmed(event.invoke) if event.valid else HlsRefused(invoke=event.invoke)
        if isinstance(event, ReleaseRequest):
            return ReleaseResponse(event.reason)
        if isinstance(event, DataNotificationConfirm):
            self.last_confirmed = event.invoke
            return None
        if isinstance(event, Unconfirmed):
            self._serve(event.request)
            return None
        return self._serve(event)

    def _serve(self, request: Event) -> Event | None:
        """The answer of the service, if the association has agreed on it."""
        kind = type(request)
        if self.connection.is_established:
            self._serving.follow()
        if kind not in _CONTINUATIONS:
            self._serving.end_transfers()
        if _NEEDS.get(kind, 0) & ~int(self.connection.conformance):
            refusal = ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.SERVICE_NOT_SUPPORTED)
            return self._in_its_terms(refusal)
        return _ANSWERS[kind](self._serving, request)

    def _refusal(self, error: RemoteProtocolError) -> ExceptionResponse:
        self.last_error = error
        if isinstance(error, UnknownApduError):
            return ExceptionResponse(StateError.SERVICE_UNKNOWN, ServiceError.SERVICE_NOT_SUPPORTED)
        service_error = _SERVICE_ERRORS.get(error.cause, ServiceError.OTHER_REASON)
        settings = self.connection.settings
        counted = service_error is ServiceError.INVOCATION_COUNTER_ERROR and settings is not None
        expected = settings.client_counter.last + 1 if settings and counted else None
        return ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, service_error, expected)

    def _in_its_terms(self, refusal: ExceptionResponse) -> Failure:
        """A refusal as associations with the names of this one have it."""
        settings = self.connection.settings
        short = settings is not None and settings.named_context.short_names
        return as_service_error(refusal) if short else refusal


_ANSWERS: Answers = {
    **get.ANSWERS,
    **writing.ANSWERS,
    **action.ANSWERS,
    **access.ANSWERS,
    **short_names.ANSWERS,
}
_NEEDS = {
    kind: int(bits)
    for needs in (get.NEEDS, writing.NEEDS, action.NEEDS, access.NEEDS, short_names.NEEDS)
    for kind, bits in needs.items()
}
_CONTINUATIONS = short_names.CONTINUATIONS | {GetNext, SetBlock, LastSetBlock, ActionBlock, LastActionBlock, ActionNext}
