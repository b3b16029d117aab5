"""From a refused APDU to the error a program can act on."""

from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError
from protocols.errors import Cause, RemoteProtocolError

_CAUSES = {
    ServiceError.DECIPHERING_ERROR: Cause.WRONG_KEY,
    ServiceError.INVOCATION_COUNTER_ERROR: Cause.WRONG_COUNTER,
    ServiceError.SERVICE_NOT_SUPPORTED: Cause.UNSUPPORTED,
    ServiceError.PDU_TOO_LONG: Cause.TOO_LARGE,
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
