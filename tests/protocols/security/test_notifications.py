"""Protected messages outside an association: pushes told apart by their title, and broadcasts to meters."""

import pytest

from protocols.dlms.encoding import octet_string
from protocols.dlms.keys import KeySet, MessageKeys, ReceiveCounter, Security, SendCounter
from protocols.dlms.security import Cipher, Opened, Suite, Tagging, open_notification, sender_of
from protocols.dlms.security.key_ring import Credentials, KeyRing, KeyUse
from protocols.dlms.security.protection import Protection
from protocols.dlms.services.notification import DataNotification
from protocols.errors import Cause, RemoteProtocolError
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE
from tests.protocols.security.parties import curve_keys_of, keys_of

PUSH = DataNotification(octet_string(b"alarm")).encode()
SUITE = Suite.P256


def meter(tagging: Tagging, security: Security = Security.BOTH, use: KeyUse = KeyUse.GLOBAL) -> Protection:
    """A meter that pushes to the head-end with CLIENT_TITLE."""
    held = Credentials(
        keys_of(SUITE), METER_TITLE, SendCounter(5), ReceiveCounter(), curve_keys_of(SUITE, 21, 11)
    )  # fmt: skip
    ring = KeyRing(held)
    ring.peer_title = CLIENT_TITLE
    return Protection(ring, security, tagging=tagging, use=use)


def known(title: bytes) -> KeySet | None:
    return keys_of(SUITE) if title == METER_TITLE else None


def opened(apdu: bytes, received: ReceiveCounter, **terms: object) -> Opened:
    given: dict[str, object] = {"own_title": CLIENT_TITLE, "curve_keys": curve_keys_of(SUITE, 11, 21), **terms}
    return open_notification(apdu, known, received, **given)  # type: ignore[arg-type]


def cause_of(apdu: bytes, received: ReceiveCounter | None = None, **terms: object) -> Cause:
    with pytest.raises(RemoteProtocolError) as error:
        opened(apdu, received or ReceiveCounter(), **terms)
    return error.value.cause


@pytest.mark.parametrize("security", [Security.BOTH, Security.BOTH | Security.SIGNED], ids=["ciphered", "signed"])
@pytest.mark.parametrize("tagging", Tagging)
def test_a_push_is_opened_once(tagging: Tagging, security: Security) -> None:
    sender, received, remembered = meter(tagging, security), ReceiveCounter(), MessageKeys()
    apdu = sender.protect(PUSH)
    assert sender_of(apdu) == METER_TITLE
    result = opened(apdu, received, message_keys=remembered, required=security)
    assert result == Opened(PUSH, METER_TITLE, security)
    assert cause_of(apdu, received, message_keys=remembered) is Cause.REPLAY
    assert opened(sender.protect(PUSH), received, message_keys=remembered).apdu == PUSH


def test_a_push_under_the_broadcast_key() -> None:
    apdu = meter(Tagging.GENERAL, use=KeyUse.BROADCAST).protect(PUSH)
    assert apdu[11] == 0x71
    identified = meter(Tagging.IDENTIFIED, use=KeyUse.BROADCAST).protect(PUSH)
    for broadcast in (apdu, identified):
        received, broadcasts = ReceiveCounter(), ReceiveCounter()
        assert cause_of(broadcast, received) is Cause.UNSUPPORTED, "it may be any other meter's"
        assert opened(broadcast, received, broadcasts=broadcasts).apdu == PUSH
        assert cause_of(broadcast, received, broadcasts=broadcasts) is Cause.REPLAY
        assert (received.last, broadcasts.last) == (0, 1)


def test_a_push_under_a_dedicated_key() -> None:
    key, sender, received = bytes(range(16)), meter(Tagging.GENERAL), ReceiveCounter()
    sender.ring.dedicate(key)
    sender.prefer_dedicated()
    apdu = sender.protect(PUSH)
    assert cause_of(apdu) is Cause.UNEXPECTED
    assert opened(apdu, received, dedicated=key).apdu == PUSH
    assert cause_of(apdu, received, dedicated=key) is Cause.REPLAY


def test_a_title_left_out_is_the_one_expected() -> None:
    cipher = Cipher(keys_of(SUITE), METER_TITLE, SendCounter(), ReceiveCounter())
    sealed = cipher.protect(PUSH, 0x30)
    apdu = b"\xdb\x00" + bytes((len(sealed),)) + sealed
    assert cause_of(apdu) is Cause.WRONG_TITLE
    assert opened(apdu, ReceiveCounter(), title=METER_TITLE).apdu == PUSH


@pytest.mark.parametrize(
    ("apdu", "cause"),
    [
        (b"", Cause.UNPROTECTED),
        (PUSH, Cause.UNPROTECTED),
        (b"\xc8\x05abcde", Cause.UNPROTECTED),
        (b"\xdb\x08abc", Cause.GARBAGE),
        (b"\xdb\x03abc\x01\x30", Cause.WRONG_TITLE),
        (b"\xdb\x08strangerx", Cause.WRONG_TITLE),
        (b"\xdd\x00", Cause.GARBAGE),
    ],
)
def test_what_nobody_sent_is_named(apdu: bytes, cause: Cause) -> None:
    assert cause_of(apdu) is cause


def test_what_is_for_someone_else_or_too_little_protected_is_refused() -> None:
    apdu = meter(Tagging.IDENTIFIED).protect(PUSH)
    assert cause_of(apdu, own_title=METER_TITLE) is Cause.WRONG_TITLE
    apdu = meter(Tagging.GENERAL, Security.AUTHENTICATED).protect(PUSH)
    assert cause_of(apdu) is Cause.UNPROTECTED
