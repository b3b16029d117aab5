"""Refusals of a whole APDU in an association with short names: there ConfirmedServiceError says what is wrong.

ExceptionResponse belongs to logical names (Green Book 9.4.6.6 and 9.5). The counter that a server expects cannot be
told in the older form.
"""

from protocols.dlms.services.failure import ConfirmedServiceError, ExceptionResponse, ServiceError

_READ = 5
_APPLICATION_REFERENCE, _SERVICE = 0, 3
_WORDS = {
    ServiceError.DECIPHERING_ERROR: (_APPLICATION_REFERENCE, 6),
    ServiceError.INVOCATION_COUNTER_ERROR: (_APPLICATION_REFERENCE, 6),
    ServiceError.PDU_TOO_LONG: (_SERVICE, 1),
    ServiceError.SERVICE_NOT_SUPPORTED: (_SERVICE, 2),
}
_OTHER = (_SERVICE, 0)


def as_service_error(failure: ExceptionResponse) -> ConfirmedServiceError:
    """The same refusal in the older form. The service is named as read: what cannot be read does not tell."""
    kind, number = _WORDS.get(failure.service_error, _OTHER)
    return ConfirmedServiceError(_READ, kind, number)
