"""Decoders of APDUs and of what protects and carries them inside an association."""

from collections.abc import Callable
from typing import Any

from protocols.dlms.acse import Aare, Aarq, Release, decode_aare, decode_aarq, decode_release
from protocols.dlms.apdu import decode_apdu
from protocols.dlms.general_block import GeneralBlock, decode_general_block
from protocols.dlms.initiate import (
    InitiateRequest,
    InitiateResponse,
    decode_initiate_request,
    decode_initiate_response,
)
from protocols.dlms.keys import ReceiveCounter, SendCounter
from protocols.dlms.security import Security, Suite, Tagging, open_notification
from protocols.dlms.security.envelopes import (
    GeneralCiphering,
    GeneralSigning,
    decode_general_ciphering,
    decode_general_signing,
)
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.layers import peel
from protocols.explain import Keys, explain, render
from tests.protocols.every_event import EVENTS
from tests.protocols.explain.looking import KEYS
from tests.protocols.fuzzing.checking import Target
from tests.protocols.fuzzing.recorded import CIPHERED, apdus, beginning, crossing
from tests.protocols.mbus.published import PUSH
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE
from tests.protocols.security.parties import curve_keys_of, keys_of
from tests.protocols.security.test_notifications import meter

SUITE = Suite.P256
NO_KEYS = Keys()


def _services(tag: int) -> Callable[[bytes], Any]:
    """The service APDUs of one tag: whatever the input says, it is read as one of them."""
    return lambda octets: decode_apdu(bytes((tag,)) + octets)


def _encoded(tag: int) -> Callable[[Any], bytes]:
    def encode(value: Any) -> bytes:
        octets: bytes = value.encode()
        return octets[1:]

    return encode


def _service_seeds(tag: int) -> Callable[[], list[bytes]]:
    return lambda: [apdu[1:] for apdu in [*beginning(tag), *(event.encode() for event in EVENTS)] if apdu[0] == tag]


def _protected() -> list[bytes]:
    """Messages of every kind of protection, as a meter would push them."""
    levels = (Security.BOTH, Security.AUTHENTICATED, Security.BOTH | Security.SIGNED)
    return [meter(tagging, level).protect(EVENTS[0].encode()) for tagging in Tagging for level in levels]


def _ring() -> KeyRing:
    curves = curve_keys_of(SUITE, 11, 21)
    ring = KeyRing(Credentials(keys_of(SUITE), CLIENT_TITLE, SendCounter(), ReceiveCounter(), curves))
    ring.peer_title = METER_TITLE
    return ring


def _peeled(octets: bytes) -> object:
    return peel(_ring(), octets).apdu if octets else None


def _opened(octets: bytes) -> object:
    known = keys_of(SUITE)
    return open_notification(
        octets,
        lambda title: known if title == METER_TITLE else None,
        ReceiveCounter(),
        own_title=CLIENT_TITLE,
        curve_keys=curve_keys_of(SUITE, 11, 21),
    )


def _explained(octets: bytes) -> object:
    """Nothing is refused, nothing is lost, and all of it can be printed."""
    tree = explain(octets, KEYS)
    assert b"".join(child.octets for child in tree.children) == octets
    render(tree)
    return None


def _explain_seeds() -> list[bytes]:
    return [*apdus(), *apdus(CIPHERED), *crossing("HDLC"), *_protected(), PUSH]


TAGS = (5, 6, 12, 13, 14, 15, 16, 22, 24, 192, 193, 194, 195, 196, 197, 199, 216, 217, 218)
TARGETS = (
    Target("APDU", decode_apdu, lambda: [*apdus(), *(event.encode() for event in EVENTS)], lambda apdu: apdu.encode()),
    *(Target(f"APDU {tag}", _services(tag), _service_seeds(tag), _encoded(tag)) for tag in TAGS),
    Target("AARQ", decode_aarq, lambda: beginning(0x60), Aarq.encode),
    Target("AARE", decode_aare, lambda: beginning(0x61), Aare.encode),
    Target("release", decode_release, lambda: beginning(0x62, 0x63), Release.encode),
    Target(
        "initiate request",
        decode_initiate_request,
        lambda: [InitiateRequest(dedicated_key=bytes(16), quality=1).encode(), InitiateRequest().encode()],
        InitiateRequest.encode,
    ),
    Target(
        "initiate response",
        decode_initiate_response,
        lambda: [bytes.fromhex("0800065F1F040000501F01F40007"), bytes.fromhex("080105065F1F0400001E1D04C80007")],
        InitiateResponse.encode,
    ),
    Target(
        "general block",
        decode_general_block,
        lambda: [GeneralBlock(3, 2, b"data", True, True, 5).encode()],
        GeneralBlock.encode,
    ),
    Target("general-ciphering", decode_general_ciphering, _protected, GeneralCiphering.encode),
    Target("general-signing", decode_general_signing, _protected, GeneralSigning.encode),
    Target("protected", _peeled, _protected, seconds=4),
    Target("notification", _opened, _protected, seconds=4),
    Target("explain", _explained, _explain_seeds, seconds=4, most=4096),
)
