"""What a meter sends on its own: DataNotification (tag 15), EventNotification (tag 194); Green Book 9.3.10-11."""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.axdr import octets, with_length
from protocols.dlms.cosem import Attribute, decode_attribute
from protocols.dlms.data import Encoded
from protocols.dlms.tags import ApduTag


@dataclass(frozen=True, slots=True)
class DataNotification:
    """A push. `sent_at` is a 12-octet date-time or empty; `body` is the push object list's data."""

    body: Encoded
    sent_at: bytes = b""
    invoke: int = 0

    def encode(self) -> bytes:
        """Tag 15, long invoke id and priority, time, body."""
        return b"\x0f" + self.invoke.to_bytes(4, "big") + with_length(self.sent_at) + self.body


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
    """Read tag 15."""
    sent_at, offset = octets(apdu, 5)
    return DataNotification(Encoded(apdu[offset:]), sent_at, int.from_bytes(apdu[1:5], "big"))


def decode_event_notification(apdu: bytes) -> EventNotification:
    """Read tag 194. IndexError when cut, which `decode_apdu` turns into GARBAGE."""
    sent_at, offset = octets(apdu, 2) if apdu[1] else (b"", 2)
    attribute, offset = decode_attribute(apdu, offset)
    return EventNotification(attribute, Encoded(apdu[offset:]), sent_at)


Notification = DataNotification | EventNotification
NOTIFICATIONS = (DataNotification, EventNotification)
DECODERS: dict[int, Callable[[bytes], Notification]] = {
    ApduTag.DATA_NOTIFICATION: decode_data_notification,
    ApduTag.EVENT_NOTIFICATION: decode_event_notification,
}
