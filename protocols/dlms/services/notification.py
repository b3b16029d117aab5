"""What a meter sends on its own: DataNotification (tag 15), EventNotification (tag 194); Green Book 9.3.10-11.

A DataNotification whose service class is confirmed wants a DataNotificationConfirm (tag 16) back.
"""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import octets, with_length
from protocols.dlms.cosem import Attribute, decode_attribute
from protocols.dlms.data import Encoded
from protocols.dlms.tags import ApduTag
from protocols.dlms.wildcards import DATE_TIME_SIZE
from protocols.errors import garbage

TYPED_TIME = b"\x09\x0c"
"""Some meters (Kaifa and older Kamstrup on customer ports) put the tag of an octet-string before the time's length."""
CONFIRMED = 1 << 30
"""Service class in the long invoke id."""


@dataclass(frozen=True, slots=True)
class DataNotification:
    """A push. `sent_at` is a 12-octet date-time or empty; `body` is the push object list's data."""

    body: Encoded
    sent_at: bytes = b""
    invoke: int = 0

    @property
    def wants_confirmation(self) -> bool:
        """Whether the meter waits for a DataNotificationConfirm with the same invoke id."""
        return bool(self.invoke & CONFIRMED)

    def encode(self) -> bytes:
        """Tag 15, long invoke id and priority, time, body."""
        return b"\x0f" + self.invoke.to_bytes(4, "big") + with_length(self.sent_at) + self.body


@dataclass(frozen=True, slots=True)
class DataNotificationConfirm:
    """The client's receipt for a DataNotification with the same invoke id."""

    invoke: int
    sent_at: bytes = b""

    def encode(self) -> bytes:
        """Tag 16, long invoke id and priority, time."""
        return b"\x10" + self.invoke.to_bytes(4, "big") + with_length(self.sent_at)


@dataclass(frozen=True, slots=True)
class EventNotification:
    """An attribute whose change the meter reports; `sent_at` as in DataNotification."""

    attribute: Attribute
    value: Encoded
    sent_at: bytes = b""

    def encode(self) -> bytes:
        """Tag 194, optional time, attribute, value."""
        time = b"\x01" + with_length(self.sent_at) if self.sent_at else b"\x00"
        return b"\xc2" + time + self.attribute.encode() + self.value


def decode_data_notification(apdu: bytes) -> DataNotification:
    """Read tag 15. GARBAGE for a time that is neither a date-time nor empty: its length was no length."""
    sent_at, offset = octets(apdu, 6 if apdu[5:7] == TYPED_TIME else 5)
    if len(sent_at) not in (0, DATE_TIME_SIZE):
        raise garbage(f"a notification with a time of {len(sent_at)} octets")
    return DataNotification(Encoded(apdu[offset:]), sent_at, int.from_bytes(apdu[1:5], "big"))


def decode_confirm(apdu: bytes) -> DataNotificationConfirm:
    """Read tag 16."""
    sent_at, end = octets(apdu, 5)
    if end != len(apdu):
        raise garbage("octets left over after the confirmation of a notification")
    return DataNotificationConfirm(int.from_bytes(apdu[1:5], "big"), sent_at)


def decode_event_notification(apdu: bytes) -> EventNotification:
    """Read tag 194. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    sent_at, offset = octets(apdu, 2) if apdu[1] else (b"", 2)
    attribute, offset = decode_attribute(apdu, offset)
    return EventNotification(attribute, Encoded(apdu[offset:]), sent_at)


Notification = DataNotification | EventNotification
NOTIFICATIONS = (DataNotification, EventNotification)
DECODERS: dict[int, Callable[[bytes], Notification | DataNotificationConfirm]] = {
    ApduTag.DATA_NOTIFICATION: decode_data_notification,
    ApduTag.DATA_NOTIFICATION_CONFIRM: decode_confirm,
    ApduTag.EVENT_NOTIFICATION: decode_event_notification,
}
