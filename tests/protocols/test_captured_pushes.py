"""Pushes of real meters go through the whole of the library: frames, blocks, keys, notification, data."""

import pytest

from protocols.dlms.apdu import decode_apdu
from protocols.dlms.data import Value, decode
from protocols.dlms.general_block import GeneralBlock
from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.dlms.security import KeySet, ReceiveCounter, Security, open_notification
from protocols.dlms.services.notification import DataNotification
from protocols.explain import Keys, explain
from protocols.hdlc import Address, Frame, HdlcFraming
from protocols.hdlc.control import Kind, control
from tests.protocols.captured_pushes import (
    E450_KEYS,
    E570_KEYS,
    ISKRA_AM550,
    KAIFA,
    KAMSTRUP_OMNIPOWER,
    LANDIS_E360,
    LANDIS_E450,
    LANDIS_E450_CIPHERED,
    LANDIS_E570_CIPHERED,
    OMNIPOWER_KEYS,
)
from tests.protocols.explain.looking import complaints

PLAIN = {
    "Landis+Gyr E450": (LANDIS_E450, "07EA060801122F00FF800000", 4, 50119),
    "Landis+Gyr E360": (LANDIS_E360, "07E7060602111F1412FF8880", 2, 21956),
    "Iskraemeco AM550": (ISKRA_AM550, "07EA05040113131E00FF8880", 2, 15207),
    "Kaifa": (KAIFA, "07E1090C0217122AFF800000", 0, 1320),
}
CIPHERED = {
    "Landis+Gyr E450": (LANDIS_E450_CIPHERED, E450_KEYS, Security.BOTH, b"LGZgs]\xd3\xa9", 2, 12048950),
    "Landis+Gyr E570": (LANDIS_E570_CIPHERED, E570_KEYS, Security.ENCRYPTED, b"LGZgt b\x95", 8, 862055),
    "Kamstrup Omnipower": (KAMSTRUP_OMNIPOWER, OMNIPOWER_KEYS, Security.BOTH, b"KAME\x014\x90\x83", 2, 6307498),
}
every_plain = pytest.mark.parametrize("name", PLAIN)
every_ciphered = pytest.mark.parametrize("name", CIPHERED)


def received(octets: bytes) -> list[bytes]:
    """The APDUs a listener on the meter's customer port takes."""
    listener = GeneralBlockFraming(HdlcFraming.listener(), active=True)
    listener.receive_data(octets)
    return list(iter(listener.next_apdu, None))


def pushed(apdu: bytes) -> tuple[str, Value]:
    """When a push was sent, and its data."""
    push = decode_apdu(apdu)
    assert isinstance(push, DataNotification)
    return push.sent_at.hex().upper(), decode(push.body)


def at(data: Value, index: int) -> Value:
    assert isinstance(data, tuple)
    return data[index]


@every_plain
def test_a_plain_push(name: str) -> None:
    octets, sent_at, index, value = PLAIN[name]
    time, data = pushed(*received(octets))
    assert (time, at(data, index)) == (sent_at, value)


@every_plain
def test_pushes_follow_each_other(name: str) -> None:
    octets = PLAIN[name][0]
    first, second = received(octets + octets)
    assert first == second


@every_plain
def test_a_plain_push_is_explained(name: str) -> None:
    assert complaints(explain(PLAIN[name][0])) == []


def test_blocks_that_ask_for_confirmation_reach_a_listener_that_cannot_confirm() -> None:
    """As gurux-dlms 1.0.203 pushes over HDLC with a window of three."""
    apdu = bytes.fromhex("0f40000000000908") + b"measured"
    meter = Address(1)
    blocks = [GeneralBlock(n + 1, 0, apdu[8 * n : 8 * n + 8], n == 1, window=3) for n in range(2)]
    octets = [Frame(meter, meter, control(Kind.UI, poll=True), b"\xe6\xe7\x00" + each.encode()) for each in blocks]
    listener = GeneralBlockFraming(HdlcFraming.listener(), active=True)
    listener.receive_data(octets[0].encode())
    assert (listener.next_apdu(), listener.outgoing(), listener.repeat()) == (None, b"", b"")
    listener.receive_data(octets[1].encode())
    assert (listener.next_apdu(), listener.outgoing()) == (apdu, b"")


@every_ciphered
def test_a_ciphered_push(name: str) -> None:
    octets, keys, security, title, index, value = CIPHERED[name]
    (apdu,) = received(octets)
    opened = open_notification(apdu, lambda _: KeySet(*keys), ReceiveCounter(), required=security)
    assert (opened.title, opened.security) == (title, security)
    assert at(pushed(opened.apdu)[1], index) == value


@every_ciphered
def test_a_ciphered_push_is_explained(name: str) -> None:
    octets, keys, *_ = CIPHERED[name]
    assert complaints(explain(octets, Keys(*keys))) == []
