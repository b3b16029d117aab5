"""Answers to ACCESS: every item in its order, as reads, writes and methods of their own would be answered."""

from collections.abc import Iterator

from protocols.dlms.answers.serving import Answers, Serving
from protocols.dlms.conformance import Conformance
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import NULL
from protocols.dlms.events import Event
from protocols.dlms.services.access import BREAK_ON_ERROR, SELF_DESCRIPTIVE, AccessRequest, AccessResponse
from protocols.dlms.services.access_items import AccessAction, AccessGet, AccessItem, AccessKind, AccessOutcome
from protocols.dlms.services.failure import ExceptionResponse, ServiceError, StateError
from protocols.dlms.tags import ActionResult, DataAccessResult

_SUCCESSES = (DataAccessResult.SUCCESS, ActionResult.SUCCESS)


def _access(serving: Serving, request: AccessRequest) -> Event:
    outcomes = tuple(_outcomes(serving, request))
    repeated = request.items if request.invoke & SELF_DESCRIPTIVE else None
    response = AccessResponse(outcomes, repeated, request.invoke)
    if len(response.encode()) > serving.connection.room:
        return ExceptionResponse(StateError.SERVICE_NOT_ALLOWED, ServiceError.PDU_TOO_LONG)
    return response


def _outcomes(serving: Serving, request: AccessRequest) -> Iterator[AccessOutcome]:
    """One per item; after a failure that breaks the request off, the rest is not done."""
    broken = False
    for item in request.items:
        outcome = _not_done(item) if broken else _done(serving, item)
        broken = broken or (bool(request.invoke & BREAK_ON_ERROR) and outcome.result not in _SUCCESSES)
        yield outcome


def _done(serving: Serving, item: AccessItem) -> AccessOutcome:
    if isinstance(item, AccessGet):
        value = serving.read(item.attribute, item.selection)
        if isinstance(value, DataAccessResult):
            return AccessOutcome(item.kind, value)
        return AccessOutcome(item.kind, DataAccessResult.SUCCESS, value)
    if isinstance(item, AccessAction):
        result, returned = serving.act(item.method, None if item.data == NULL else item.data)
        return AccessOutcome(item.kind, result, returned if isinstance(returned, Encoded) else NULL)
    return AccessOutcome(item.kind, serving.write(item.attribute, item.data, item.selection))


def _not_done(item: AccessItem) -> AccessOutcome:
    result = ActionResult.OTHER_REASON if item.kind is AccessKind.ACTION else DataAccessResult.OTHER_REASON
    return AccessOutcome(item.kind, result)


ANSWERS: Answers = {AccessRequest: _access}
NEEDS: dict[type, Conformance] = {AccessRequest: Conformance.ACCESS}
