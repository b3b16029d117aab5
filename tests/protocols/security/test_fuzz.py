"""Whatever comes instead of a protected message, only the library's own error leaves it, and soon."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.acse import decode_aare, decode_aarq
from protocols.dlms.initiate import decode_initiate_request, decode_initiate_response
from protocols.dlms.keys import ReceiveCounter
from protocols.dlms.security import Security, Suite, Tagging, open_notification
from protocols.dlms.security.ciphered_tags import PROTECTED_TAGS
from protocols.dlms.security.envelopes import decode_general_ciphering, decode_general_signing
from protocols.errors import RemoteProtocolError
from tests.protocols.parties import METER_TITLE
from tests.protocols.security.parties import keys_of
from tests.protocols.security.test_protection import PLAIN, pair

DECODERS = (
    decode_aarq,
    decode_aare,
    decode_initiate_request,
    decode_initiate_response,
    decode_general_ciphering,
    decode_general_signing,
)


@given(st.sampled_from(DECODERS), st.binary(max_size=60))
def test_decoders_of_arbitrary_octets(decode: object, octets: bytes) -> None:
    for data in (octets, b"\x60" + octets, b"\x61" + octets, b"\xdd" + octets, b"\xdf" + octets):
        try:
            decode(data)  # type: ignore[operator]
        except RemoteProtocolError as error:
            assert str(error)


@given(st.sampled_from(sorted(PROTECTED_TAGS)), st.binary(max_size=120))
def test_arbitrary_octets_under_every_tag(tag: int, octets: bytes) -> None:
    _, meter = pair(Suite.P256, Security.BOTH)
    with pytest.raises(RemoteProtocolError):
        meter.open(bytes((tag,)) + octets)
    with pytest.raises(RemoteProtocolError):
        open_notification(bytes((tag,)) + octets, lambda _: keys_of(Suite.P256), ReceiveCounter(), title=METER_TITLE)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(Tagging), st.booleans(), st.integers(0, 400), st.binary(max_size=4), st.integers(0, 6))
def test_pieces_of_a_message_replaced(tagging: Tagging, signed: bool, at: int, piece: bytes, gone: int) -> None:
    level = Security.BOTH | Security.SIGNED if signed else Security.BOTH
    client, meter = pair(Suite.P256, level, tagging)
    whole = client.protect(PLAIN)
    at %= len(whole)
    changed = whole[:at] + piece + whole[at + gone :]
    if changed in (whole, _unidentified(whole, tagging)):
        assert meter.open(changed) == PLAIN
    elif changed:
        with pytest.raises(RemoteProtocolError):
            meter.open(changed)


def _unidentified(whole: bytes, tagging: Tagging) -> bytes:
    """The same message without the key information, which then means the same key and is not authenticated."""
    return replace(decode_general_ciphering(whole), key=None).encode() if tagging is Tagging.IDENTIFIED else whole
