"""From the octets of an unprotected xDLMS APDU to its dataclass; encoding is each dataclass's own `encode()`."""

import struct
from collections.abc import Callable

from protocols.dlms.services.action import ActionRequest, ActionResponse, decode_action_request, decode_action_response
from protocols.dlms.services.failure import (
    ConfirmedServiceError,
    ExceptionResponse,
    decode_exception,
    decode_service_error,
)
from protocols.dlms.services.get import (
    GetBlock,
    GetListRequest,
    GetListResponse,
    GetNext,
    GetRequest,
    GetResponse,
    LastGetBlock,
    decode_get_request,
    decode_get_response,
)
from protocols.dlms.services.notification import (
    DataNotification,
    EventNotification,
    decode_data_notification,
    decode_event_notification,
)
from protocols.dlms.services.writing import (
    LastSetBlock,
    SetBlock,
    SetBlockReceived,
    SetCompleted,
    SetFirstBlock,
    SetRequest,
    SetResponse,
    decode_set_request,
    decode_set_response,
)
from protocols.dlms.tags import ApduTag
from protocols.errors import garbage

Request = GetRequest | GetNext | GetListRequest | SetRequest | SetFirstBlock | SetBlock | LastSetBlock | ActionRequest
Response = (
    GetResponse
    | GetBlock
    | LastGetBlock
    | GetListResponse
    | SetResponse
    | SetBlockReceived
    | SetCompleted
    | ActionResponse
)
Failure = ExceptionResponse | ConfirmedServiceError
Notification = DataNotification | EventNotification
Apdu = Request | Response | Failure | Notification

REQUESTS = (
    GetRequest,
    GetNext,
    GetListRequest,
    SetRequest,
    SetFirstBlock,
    SetBlock,
    LastSetBlock,
    ActionRequest,
)
RESPONSES = (
    GetResponse,
    GetBlock,
    LastGetBlock,
    GetListResponse,
    SetResponse,
    SetBlockReceived,
    SetCompleted,
    ActionResponse,
)
FAILURES = (ExceptionResponse, ConfirmedServiceError)
NOTIFICATIONS = (DataNotification, EventNotification)
"""The members of the unions above for isinstance, which is several times faster with tuples."""

_DECODERS: dict[int, Callable[[bytes], Apdu]] = {
    ApduTag.GET_REQUEST: decode_get_request,
    ApduTag.GET_RESPONSE: decode_get_response,
    ApduTag.SET_REQUEST: decode_set_request,
    ApduTag.SET_RESPONSE: decode_set_response,
    ApduTag.ACTION_REQUEST: decode_action_request,
    ApduTag.ACTION_RESPONSE: decode_action_response,
    ApduTag.DATA_NOTIFICATION: decode_data_notification,
    ApduTag.EVENT_NOTIFICATION: decode_event_notification,
    ApduTag.EXCEPTION_RESPONSE: decode_exception,
    ApduTag.CONFIRMED_SERVICE_ERROR: decode_service_error,
}


def decode_apdu(apdu: bytes) -> Apdu:
    """The dataclass of a plain APDU. RemoteProtocolError (GARBAGE) for anything else."""
    decoder = _DECODERS.get(apdu[0]) if apdu else None
    if decoder is None:
        raise garbage(f"no APDU of this library starts with {apdu[:1].hex() or 'nothing'}")
    try:
        return decoder(apdu)
    except (IndexError, struct.error):
        raise garbage(f"APDU with tag {apdu[0]} is cut after {len(apdu)} octets") from None
