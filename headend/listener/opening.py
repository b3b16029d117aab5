"""Taking the protection off a push, and saying what is wrong with it: headend.md §4 rows 8, 18 and 23.

The counter is not compared here but in the transaction that stores the message, against the row of the database. So a
message is only ever called a replay when it is authentic; any other trouble is named as what it is.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

from devices.models import DeviceKey
from devices.signing import signing_key
from headend import causes
from headend.listener.counters import MESSAGE_KEY
from headend.listener.messages import Arrival, Counted, Message, Refused, Sender
from headend.listener.new_keys import REFUSALS, with_new_keys
from protocols.dlms.keys import KeySet, MessageKeys, ReceiveCounter
from protocols.dlms.security import CurveKeys, Security, Suite, open_notification
from protocols.dlms.security.ciphered_tags import GENERAL_GLO, GENERAL_TAGS, GLO_SERVICES, PROTECTED_TAGS
from protocols.dlms.security.curves import public_key
from protocols.errors import Cause, ProtocolError, RemoteProtocolError

_ANY_COUNTER = -1
_DIGEST = 16


def names_sender(apdu: bytes) -> bool:
    """Whether the APDU is one of those that may name the system title of who protected it."""
    return apdu[:1] != b"" and apdu[0] in GENERAL_TAGS


def open_message(arrival: Arrival, sender: Sender) -> Message | Refused:
    """The plain APDU of a message of a known device, or why it is not taken."""
    security, device_id = sender.known.description.security, sender.known.device.pk
    if arrival.apdu[0] not in PROTECTED_TAGS:
        if security.ciphered:
            return Refused(arrival, device_id, Cause.UNPROTECTED.value, "a plain push of a device that ciphers")
        return Message(arrival, sender, arrival.apdu, None, Security.NONE)
    if DeviceKey.Kind.ENCRYPTION not in sender.keys or DeviceKey.Kind.AUTHENTICATION not in sender.keys:
        return Refused(arrival, device_id, causes.NO_KEYS, "")
    try:
        return _opened(arrival, sender, security.policy)
    except ProtocolError as error:
        under_new = _opened_with_new(arrival, sender, security.policy) if error.cause in REFUSALS else None
        return under_new or Refused(arrival, device_id, error.cause.value, str(error))


def _opened_with_new(arrival: Arrival, sender: Sender, required: Security) -> Message | None:
    """The message under keys that were sent to the device; None where none of them opens it."""
    for changed in with_new_keys(sender):
        with suppress(ProtocolError):
            return _opened(arrival, changed, required)
    return None


class _MessageKey(MessageKeys):
    """Catches the key that the sender made for this one message: its counter is kept in the database, not here."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[bytes, int] | None = None

    def keep(self, fingerprint: bytes, counter: ReceiveCounter) -> None:
        """See `MessageKeys.keep`."""
        self.found = fingerprint, counter.last


def _opened(arrival: Arrival, sender: Sender, required: Security) -> Message:
    unicast, broadcast, message_key = ReceiveCounter(_ANY_COUNTER), ReceiveCounter(_ANY_COUNTER), _MessageKey()
    keys = key_set(sender)
    opened = open_notification(
        _general(arrival.apdu, sender.title),
        lambda _: keys,
        unicast,
        title=sender.title,
        own_title=settings.SYSTEM_TITLE,
        required=required,
        curve_keys=_curve_keys(sender.keys, keys.suite),
        broadcasts=broadcast if keys.broadcast else None,
        message_keys=message_key,
    )
    if message_key.found is not None:
        fingerprint, value = message_key.found
        key = f"{MESSAGE_KEY}{fingerprint.hex()[:32]}"
    elif broadcast.last != _ANY_COUNTER:
        _check_own(opened.security)
        key, value = f"broadcast {sender.versions[DeviceKey.Kind.BROADCAST]}", broadcast.last
    else:
        key, value = f"encryption {sender.versions[DeviceKey.Kind.ENCRYPTION]}", unicast.last
    digest = blake2b(arrival.apdu, digest_size=_DIGEST).digest()
    counted = Counted(opened.title.hex().upper(), key, value, digest)
    return Message(arrival, sender, opened.apdu, counted, opened.security & Security.BOTH)


def _check_own(security: Security) -> None:
    """All meters have the broadcast key: only the authentication key of the device shows who a message is from."""
    if not security & Security.AUTHENTICATED:
        raise RemoteProtocolError(Cause.UNPROTECTED, "under the broadcast key, but not authenticated")


def _general(apdu: bytes, title: bytes) -> bytes:
    """A glo- APDU of one service as general-glo-ciphering: the same protected octets, with the title it leaves out."""
    return bytes((GENERAL_GLO, len(title))) + title + apdu[1:] if apdu[0] in GLO_SERVICES else apdu


def key_set(sender: Sender) -> KeySet:
    """The keys of messages to and from a device. Never log or show them."""
    keys = sender.keys
    return KeySet(
        keys[DeviceKey.Kind.ENCRYPTION],
        keys[DeviceKey.Kind.AUTHENTICATION],
        sender.known.description.security.suite,
        broadcast=keys.get(DeviceKey.Kind.BROADCAST, b""),
        master=keys.get(DeviceKey.Kind.MASTER, b""),
    )


def _curve_keys(keys: Mapping[str, bytes], suite: Suite) -> CurveKeys:
    """Our signing key and the device's public one, where it has one: a signed push is verified with it."""
    point = keys.get(DeviceKey.Kind.SIGNATURE)
    return CurveKeys(signing=signing_key(), peer_signing=_point(suite, point)) if point else CurveKeys()


_point = lru_cache(maxsize=1024)(public_key)
