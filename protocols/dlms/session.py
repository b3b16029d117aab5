"""Serves one client stream on a logical device."""

from collections.abc import Callable
from typing import Any

from protocols.dlms.association_object import association_object
from protocols.dlms.conformance import Conformance
from protocols.dlms.connection import ServerConnection
from protocols.dlms.cosem import CURRENT_ASSOCIATION, Attribute, Method
from protocols.dlms.data import Encoded, decode
from protocols.dlms.device import Association, CosemObject, LogicalDevice
from protocols.dlms.encoding import octet_string
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
from protocols.dlms.long_reply import BLOCK_HEAD, LongReply
from protocols.dlms.selection import RawSelection, Selection
from protocols.dlms.services.action import ActionRequest, ActionResponse
from protocols.dlms.services.failure import ExceptionResponse, ServiceError, StateError
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
    Result,
    encode_results,
    results_size,
)
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
)
from protocols.dlms.states import State
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause, ProtocolError, RemoteProtocolError
from protocols.framing import Framing
from protocols.wrapper import WrapperFraming

LOGICAL_DEVICE = 1
_RESPONSE_HEAD = 4
_ACTION_HEAD = 6
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
        self._association: Association | None = None
        self._own: CosemObject | None = None
        self._long: LongReply | None = None
        self._target: SetFirstBlock | None = None
        self._written: list[bytes] = []

    def handle(self, data: bytes) -> bytes:
        """Take octets, give the answers to all complete requests among them."""
        answers: list[bytes] = []
        try:
            self.connection.receive_data(data)
            while (answer := self._next_answer()) is not None:
                answers.append(self.connection.send(answer))
        except RemoteProtocolError as error:
            self.last_error = error
            self.closed = True
        return b"".join(answers)

    def _next_answer(self) -> Event | None:
        """The answer to the next request, None when there is none; raises only when the framing is lost."""
        try:
            event = self.connection.next_event()
            return None if isinstance(event, NeedData) else _ANSWERS[type(event)](self, event)
        except RemoteProtocolError as error:
            if self.connection.state is State.FAILED:
                raise
            return self._refusal(error)

    def _refusal(self, error: RemoteProtocolError) -> ExceptionResponse:
        self.last_error = error
        service_error = _SERVICE_ERRORS.get(error.cause, ServiceError.OTHER_REASON)
        settings = self.connection.settings
        counted = service_error is ServiceError.INVOCATION_COUNTER_ERROR and settings is not None
        expected = settings.client_counter.last + 1 if settings and counted else None
        return ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, service_error, expected)

    def _associate(self, request: AssociationRequest) -> Event:
        client = self.connection.client
        self._association = None if client is None else self.device.associations.get(client)
        self._own = None
        return self.connection.answer(request)

    def _prove(self, proof: HlsProof) -> Event:
        return HlsConfirmed(proof.invoke) if proof.valid else HlsRefused(invoke=proof.invoke)

    def _release(self, request: ReleaseRequest) -> Event:
        return ReleaseResponse(request.reason)

    def _get(self, request: GetRequest) -> Event:
        result = self._read(request.attribute, request.selection)
        if isinstance(result, DataAccessResult) or len(result) + _RESPONSE_HEAD <= self.connection.room:
            return GetResponse(result, request.invoke)
        return self._begin_blocks(result, request.invoke)

    def _get_list(self, request: GetListRequest) -> Event:
        results = tuple([self._read(attribute, selection) for attribute, selection in request.targets])
        if results_size(results) + _RESPONSE_HEAD <= self.connection.room:
            return GetListResponse(results, request.invoke)
        return self._begin_blocks(encode_results(results), request.invoke)

    def _begin_blocks(self, data: bytes, invoke: int) -> Event:
        if not self.connection.conformance & Conformance.BLOCK_TRANSFER_GET:
            return GetResponse(DataAccessResult.OTHER_REASON, invoke)
        self._long = LongReply(data, self.connection.room - BLOCK_HEAD)
        return self._long.next_block(0, invoke)

    def _get_next(self, request: GetNext) -> GetBlock | LastGetBlock:
        if self._long is None:
            return LastGetBlock(request.number, DataAccessResult.NO_LONG_GET_IN_PROGRESS, request.invoke)
        block = self._long.next_block(request.number, request.invoke)
        if isinstance(block, LastGetBlock):
            self._long = None
        return block

    def _read(self, attribute: Attribute, selection: Selection | None) -> Result:
        target = self._find(attribute)
        if isinstance(target, DataAccessResult):
            return target
        if attribute.index == 1:
            return octet_string(target.obis)
        try:
            chosen = selection.parse(self.device.zone) if isinstance(selection, RawSelection) else selection
        except RemoteProtocolError:
            return DataAccessResult.TYPE_UNMATCHED
        return target.get(attribute.index, chosen)

    def _find(self, name: Attribute | Method) -> CosemObject | DataAccessResult:
        """The object, if it exists for this client and has the class asked for."""
        association = self._association
        if association is None:
            return DataAccessResult.OBJECT_UNDEFINED
        own = name.obis == CURRENT_ASSOCIATION
        found = self._association_object(association) if own else self.device.objects.get(name.obis)
        if found is None:
            return DataAccessResult.OBJECT_UNDEFINED
        if not own and not association.may_read(name.obis):
            return DataAccessResult.READ_WRITE_DENIED
        if found.class_id != name.class_id:
            return DataAccessResult.OBJECT_CLASS_INCONSISTENT
        return found

    def _association_object(self, association: Association) -> CosemObject:
        """Made on first use: few clients ask for it."""
        if self._own is None:
            self._own = association_object(self.device, association)
        return self._own

    def _set(self, request: SetRequest) -> SetResponse:
        return SetResponse(self._write(request.attribute, request.value), request.invoke)

    def _write(self, attribute: Attribute, value: Encoded) -> DataAccessResult:
        target = self._find(attribute)
        if isinstance(target, DataAccessResult):
            return target
        if self._association is None or not self._association.may_write(attribute.obis, attribute.index):
            return DataAccessResult.READ_WRITE_DENIED
        try:
            return target.set(attribute.index, decode(value))
        except RemoteProtocolError:
            return DataAccessResult.TYPE_UNMATCHED

    def _set_first(self, request: SetFirstBlock) -> SetBlockReceived:
        self._target, self._written = request, [request.data]
        return SetBlockReceived(1, request.invoke)

    def _set_block(self, request: SetBlock) -> SetBlockReceived:
        self._written.append(request.data)
        return SetBlockReceived(request.number, request.invoke)

    def _set_last(self, request: LastSetBlock) -> SetCompleted:
        if self._target is None:
            return SetCompleted(request.number, DataAccessResult.NO_LONG_SET_IN_PROGRESS, request.invoke)
        value = Encoded(b"".join([*self._written, request.data]))
        attribute, self._target, self._written = self._target.attribute, None, []
        return SetCompleted(request.number, self._write(attribute, value), request.invoke)

    def _invoke(self, request: ActionRequest) -> ActionResponse:
        result, returned = self._act(request.method, request.parameters)
        if isinstance(returned, bytes) and len(returned) + _ACTION_HEAD > self.connection.room:
            result, returned = ActionResult.OTHER_REASON, None
        return ActionResponse(result, returned, request.invoke)

    def _act(self, method: Method, parameters: Encoded | None) -> tuple[ActionResult, Result | None]:
        target = self._find(method)
        if isinstance(target, DataAccessResult):
            return ActionResult(target.value), None
        if self._association is None or not self._association.may_invoke(method.obis, method.index):
            return ActionResult.READ_WRITE_DENIED, None
        try:
            return target.invoke(method.index, None if parameters is None else decode(parameters))
        except RemoteProtocolError:
            return ActionResult.TYPE_UNMATCHED, None


_ANSWERS: dict[type, Callable[[ServerSession, Any], Event]] = {
    AssociationRequest: ServerSession._associate,
    HlsProof: ServerSession._prove,
    ReleaseRequest: ServerSession._release,
    GetRequest: ServerSession._get,
    GetNext: ServerSession._get_next,
    GetListRequest: ServerSession._get_list,
    SetRequest: ServerSession._set,
    SetFirstBlock: ServerSession._set_first,
    SetBlock: ServerSession._set_block,
    LastSetBlock: ServerSession._set_last,
    ActionRequest: ServerSession._invoke,
}
