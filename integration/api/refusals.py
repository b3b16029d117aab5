"""Why a file or an act is refused, beyond what is wrong with a field."""

from rest_framework import status
from rest_framework.exceptions import APIException


class ImportedBefore(APIException):
    """409: the very same content was imported already."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "imported_before"


class WrongState(APIException):
    """409: the import or export is not in a state in which this can be done."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "wrong_state"


class TooLarge(APIException):
    """413: more octets than a file may have."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
