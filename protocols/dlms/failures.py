"""From a refused APDU or attribute to the error a program can act on."""

from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError
from protocols.dlms.services.get import Result
from protocols.dlms.tags import DataAccessResult
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
_APPLICATION_REFERENCE, _DECIPHERING = 0, 6


def failure_error(failure: ExceptionResponse | ConfirmedServiceError, what: str) -> RemoteProtocolError:
    """WRONG_KEY, WRONG_COUNTER, UNSUPPORTED, TOO_LARGE or REFUSED, with the peer's reason in words."""
    if isinstance(failure, ExceptionResponse):
        cause = _CAUSES.get(failure.service_error, Cause.REFUSED)
    elif (failure.kind, failure.number) == (_APPLICATION_REFERENCE, _DECIPHERING):
        cause = Cause.WRONG_KEY
    else:
        cause = Cause.REFUSED
    return RemoteProtocolError(cause, f"{what}: {failure.words}")


def refusal(result: Result, what: str) -> RemoteProtocolError:
    """The error for an attribute that one cannot do without: ACCESS_DENIED, OBJECT_UNDEFINED or REFUSED."""
    if not isinstance(result, DataAccessResult):
        return garbage(f"{what}: a value came where a refusal was due")
    words = result.name.lower().replace("_", " ")
    return RemoteProtocolError(_ACCESS_CAUSES.get(result, Cause.REFUSED), f"{what}: {words}")
