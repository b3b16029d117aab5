"""What a batch of arrivals is: messages of known devices that are understood, those to be refused, and strangers."""

import logging
from collections.abc import Iterable, Sequence

from headend import causes
from headend.listener.elements import Element, elements_of
from headend.listener.messages import Arrival, Message, Refused, Sender, Sorted, Unknown
from headend.listener.opening import open_message
from headend.listener.read_outs import is_read_out, told_serial
from headend.listener.reading import notification_of, read_all
from headend.listener.remembered import Remembered
from headend.listener.senders import Senders, senders_of, title_of
from headend.listener.shapes import Shapes
from protocols.dlms.data import decode
from protocols.dlms.obis import Obis
from protocols.dlms.security.ciphered_tags import PROTECTED_TAGS
from protocols.errors import ProtocolError

log = logging.getLogger(__name__)

_SERIAL, _LOGICAL_NAME = Obis.parse("0-0:96.1.0"), Obis.parse("0-0:42.0.0")
_LONGEST_TEXT = 40


def sort(arrivals: Iterable[Arrival], remembered: Remembered, shapes: Shapes) -> list[Sorted]:
    """Open and read every message; never raises for what is in them. In the order of arrival."""
    named = [(title_of(each.apdu), each) for each in arrivals]
    senders = senders_of(named, remembered)
    found = [_opened(title, each, senders) for title, each in named]
    read = read_all([each for each in found if isinstance(each, Message)], shapes)
    return [read[each] if isinstance(each, Message) else each for each in found]


def _opened(title: bytes, arrival: Arrival, senders: Senders) -> Message | Refused | Unknown:
    if (sealed := senders.unspeakable.get(title)) is not None:
        device_id, error = sealed
        return Refused(arrival, device_id, error.cause, str(error))
    said = "" if arrival.apdu[0] in PROTECTED_TAGS else told(arrival.apdu, _SERIAL)
    sender = senders.of(title, arrival)
    if not title:
        sender = _chosen(sender, senders.at(arrival), said)
    if sender is None:
        return Unknown(arrival, title, said, told(arrival.apdu, _LOGICAL_NAME))
    try:
        return open_message(arrival, sender)
    except Exception as error:
        log.exception("a push of device %s", sender.known.device.pk)
        return Refused(arrival, sender.known.device.pk, causes.INTERNAL, f"{type(error).__name__}: {error}")


def _chosen(only: Sender | None, there: Sequence[Sender], serial: str) -> Sender | None:
    """Of the devices at an address the one a plain message is from: whoever says its serial number says the truth
    only where it is on file for that address.
    """
    if not serial:
        return only
    return next((each for each in there if each.known.device.serial_number == serial), None)


def told(apdu: bytes, obis: Obis) -> str:
    """A text that a plain push of a stranger tells of itself in a list of objects; empty where it does not."""
    try:
        if is_read_out(apdu):
            return _short(told_serial(apdu)) if obis == _SERIAL else ""
        elements = elements_of(notification_of(apdu), {}, None)
        return next((_text(each) for each in elements if each.attribute.obis == obis), "")
    except (ProtocolError, ValueError):
        return ""


def _text(element: Element) -> str:
    value = decode(element.value)
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    return _short(text.strip("\0 ")) if isinstance(text, str) else ""


def _short(text: str) -> str:
    return text[:_LONGEST_TEXT] if text.isprintable() else ""
