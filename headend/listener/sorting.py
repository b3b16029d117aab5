"""What a batch of arrivals is: messages of known devices that are understood, those to be refused, and strangers."""

import logging
from collections.abc import Iterable, Sequence

from headend import causes
from headend.listener.elements import Element, Notification, elements_of, sent_at
from headend.listener.meaning import understand
from headend.listener.messages import Arrival, Message, Read, Refused, Sender, Sorted, Unknown
from headend.listener.opening import open_message
from headend.listener.remembered import Remembered
from headend.listener.senders import Senders, senders_of, title_of
from headend.plan import NAMES
from protocols.dlms.apdu import NOTIFICATIONS, decode_apdu
from protocols.dlms.data import decode
from protocols.dlms.obis import Obis
from protocols.dlms.security.ciphered_tags import PROTECTED_TAGS
from protocols.dlms.services.notification import DataNotification
from protocols.errors import Cause, ProtocolError, RemoteProtocolError

log = logging.getLogger(__name__)

_SERIAL, _LOGICAL_NAME = Obis.parse("0-0:96.1.0"), Obis.parse("0-0:42.0.0")
_LONGEST_TEXT = 40


def sort(arrivals: Iterable[Arrival], remembered: Remembered) -> list[Sorted]:
    """Open and read every message; never raises for what is in them. In the order of arrival."""
    named = [(title_of(each.apdu), each) for each in arrivals]
    senders = senders_of(named, remembered)
    return [_sorted(title, each, senders) for title, each in named]


def _sorted(title: bytes, arrival: Arrival, senders: Senders) -> Sorted:
    if (sealed := senders.unspeakable.get(title)) is not None:
        device_id, error = sealed
        return Refused(arrival, device_id, error.cause, str(error))
    said = "" if arrival.apdu[0] in PROTECTED_TAGS else told(arrival.apdu, _SERIAL)
    sender = senders.of(title, arrival)
    if not title:
        sender = _chosen(sender, senders.at(arrival), said)
    if sender is None:
        return Unknown(arrival, title, said, told(arrival.apdu, _LOGICAL_NAME))
    device_id = sender.known.device.pk
    try:
        opened = open_message(arrival, sender)
        return opened if isinstance(opened, Refused) else _read(opened)
    except ProtocolError as error:
        return Refused(arrival, device_id, error.cause.value, str(error))
    except Exception as error:
        log.exception("a push of device %s", device_id)
        return Refused(arrival, device_id, causes.INTERNAL, f"{type(error).__name__}: {error}")


def _chosen(only: Sender | None, there: Sequence[Sender], serial: str) -> Sender | None:
    """Of the devices at an address the one a plain message is from: whoever says its serial number says the truth
    only where it is on file for that address.
    """
    if not serial:
        return only
    return next((each for each in there if each.known.device.serial_number == serial), None)


def _read(message: Message) -> Read:
    """What an opened message means. RemoteProtocolError where that cannot be made out."""
    known = message.sender.known
    said = _notification(message.apdu)
    elements = elements_of(said, known.description.push, known.layouts.get(NAMES))
    at = sent_at(said, known.device.utility.zone) or message.arrival.at
    found = understand(elements, known, at)
    confirm = said if isinstance(said, DataNotification) and said.wants_confirmation else None
    return Read(message, found.readings, found.left, confirm)


def _notification(apdu: bytes) -> Notification:
    said = decode_apdu(apdu)
    if not isinstance(said, NOTIFICATIONS):
        raise RemoteProtocolError(Cause.UNEXPECTED, f"an APDU with tag {apdu[0]} is no push")
    return said


def told(apdu: bytes, obis: Obis) -> str:
    """A text that a plain push of a stranger tells of itself in a list of objects; empty where it does not."""
    try:
        elements = elements_of(_notification(apdu), {}, None)
        return next((_text(each) for each in elements if each.attribute.obis == obis), "")
    except (ProtocolError, ValueError):
        return ""


def _text(element: Element) -> str:
    value = decode(element.value)
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    return text.strip("\0 ")[:_LONGEST_TEXT] if isinstance(text, str) and text.isprintable() else ""
