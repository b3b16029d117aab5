"""From a refused APDU or attribute to the error a program can act on."""

from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError
from protocols.dlms.services.get import Result
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.errors import Cause, RemoteProtocolError, garbage

_CAUSES = {
    ServiceError.DECIPHERING_ERROR: Cause.WRONG_KEY,
    ServiceError.INVOCATION_COUNTER_ERROR: Cause.WRONG_COUNTER,
    ServiceError.SERVICE_NOT_SUPPORTED: Cause.UNSUPPORTED,
    ServiceError.PDU_TOO_LONG: Cause.TOO_LARGE,
}
_ACCESS_CAUSES = {
    DataAccessResult.READ_WRITE_DENIED: Cause.ACCESS_DENIED,
    DataAccessResult.SCOPE_OF_ACCESS_VIOLATED: Cause.ACCESS_DENIED,
    DataAccessResult.OBJECT_UNDEFINED: Cause.OBJECT_UNDEFINED,
    DataAccessResult.OBJECT_UNAVAILABLE: Cause.OBJECT_UNDEFINED,
}
_ACTION_CAUSES = {ActionResult(result.value): cause for result, cause in _ACCESS_CAUSES.items()}
_SERVICE_CAUSES = {
    (0, 6): Cause.WRONG_KEY,
    (3, 1): Cause.TOO_LARGE,
    (3, 2): Cause.UNSUPPORTED,
    (4, 1): Cause.OBJECT_UNDEFINED,
    (5, 1): Cause.ACCESS_DENIED,
    (5, 2): Cause.ACCESS_DENIED,
    (5, 4): Cause.OBJECT_UNDEFINED,
    (6, 3): Cause.TOO_LARGE,
}
"""Kind and number of a ConfirmedServiceError."""


def failure_error(failure: ExceptionResponse | ConfirmedServiceError, what: str) -> RemoteProtocolError:
    """The error of the cause that the peer names, REFUSED where it names none of ours, with its reason in words."""
    if isinstance(failure, ExceptionResponse):
        cause = _CAUSES.get(failure.service_error, Cause.REFUSED)
    else:
        cause = _SERVICE_CAUSES.get((failure.kind, failure.number), Cause.REFUSED)
    return RemoteProtocolError(cause, f"{what}: {failure.words}")


def refusal(result: Result, what: str) -> RemoteProtocolError:
    """The error for an attribute that one cannot do without: ACCESS_DENIED, OBJECT_UNDEFINED or REFUSED."""
    if not isinstance(result, DataAccessResult):
        return garbage(f"{what}: a value came where a refusal was due")
    words = result.name.lower().replace("_", " ")
    return RemoteProtocolError(_ACCESS_CAUSES.get(result, Cause.REFUSED), f"{what}: {words}")


def action_refusal(result: ActionResult, what: str) -> RemoteProtocolError:
    """The error for a method that one cannot do without, of the causes of `refusal`."""
    if result is ActionResult.SUCCESS:
        return garbage(f"{what}: success came where a refusal was due")
    words = result.name.lower().replace("_", " ")
    return RemoteProtocolError(_ACTION_CAUSES.get(result, Cause.REFUSED), f"{what}: {words}")
