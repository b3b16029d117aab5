"""From the octets of an unprotected xDLMS APDU to its dataclass; encoding is each dataclass's own `encode()`.

Every module of `services` says in the same names what it adds: types for the unions, the same as tuples for isinstance
(several times faster than unions), and its decoders by tag.
"""

import struct
from collections.abc import Callable, Mapping

from protocols.dlms.services import (
    access,
    action,
    failure,
    get,
    notification,
    short_read,
    short_report,
    short_write,
    unconfirmed,
    writing,
)
from protocols.errors import Cause, RemoteProtocolError, garbage

_Short = short_read.Request | short_write.Request
_ShortResponse = short_read.Response | short_write.Response
Request = get.Request | writing.Request | action.Request | access.Request | unconfirmed.Unconfirmed | _Short
Response = get.Response | writing.Response | action.Response | access.Response | _ShortResponse
Failure = failure.Failure
Notification = notification.Notification | short_report.Notification
Confirmation = notification.DataNotificationConfirm
Apdu = Request | Response | Failure | Notification | Confirmation

REQUESTS = (
    *get.REQUESTS,
    *writing.REQUESTS,
    *action.REQUESTS,
    *access.REQUESTS,
    *unconfirmed.REQUESTS,
    *short_read.REQUESTS,
    *short_write.REQUESTS,
)
RESPONSES = (
    *get.RESPONSES,
    *writing.RESPONSES,
    *action.RESPONSES,
    *access.RESPONSES,
    *short_read.RESPONSES,
    *short_write.RESPONSES,
)
FAILURES = failure.FAILURES
NOTIFICATIONS = (*notification.NOTIFICATIONS, *short_report.NOTIFICATIONS)

_TABLES: tuple[Mapping[int, Callable[[bytes], Apdu]], ...] = (
    get.DECODERS,
    writing.DECODERS,
    action.DECODERS,
    access.DECODERS,
    notification.DECODERS,
    failure.DECODERS,
    short_read.DECODERS,
    short_write.DECODERS,
    short_report.DECODERS,
)
_DECODERS = {int(tag): decoder for table in _TABLES for tag, decoder in table.items()}


def decoded_tags() -> frozenset[int]:
    """The first octets of all APDUs that `decode_apdu` reads."""
    return frozenset(_DECODERS)


class UnknownApduError(RemoteProtocolError):
    """The first octet names no service; a server answers it as `service unknown`."""


def decode_apdu(apdu: bytes) -> Apdu:
    """The dataclass of a plain APDU. RemoteProtocolError (GARBAGE) for anything else, UnknownApduError among it."""
    decoder = _DECODERS.get(apdu[0]) if apdu else None
    if decoder is None:
        raise UnknownApduError(Cause.GARBAGE, f"no APDU of this library starts with {apdu[:1].hex() or 'nothing'}")
    try:
        return decoder(apdu)
    except (IndexError, struct.error):
        raise garbage(f"APDU with tag {apdu[0]} is cut after {len(apdu)} octets") from None
