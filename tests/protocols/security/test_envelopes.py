"""The general APDUs: octets of the Green Book, round trips, nonsense named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.security import Cipher, KeySet, ReceiveCounter, SendCounter, Suite
from protocols.dlms.security.ciphered_tags import DED_TAGS, GLO_TAGS, PROTECTED_TAGS
from protocols.dlms.security.curves import CurveKeys, private_key, public_key
from protocols.dlms.security.envelopes import (
    GeneralCiphering,
    GeneralSigning,
    Header,
    KeyChoice,
    KeyInfo,
    decode_general,
    decode_general_ciphering,
    decode_general_signing,
)
from protocols.dlms.security.message_keys import received_message_key
from protocols.errors import Cause, RemoteProtocolError

TABLE_41 = bytes.fromhex(
    "DD080102030405060708084D4D4D0000BC614E084D4D4D00000000010000010201018180"
    "C323C2BD45711DE4688637D919F92E9DB8FB2DFC213A88D21C9DC8DCBA917D81"
    "70511DE1BADB360D50058F794B0960AE11FA28D392CFF907A62D13E3357B1DC0"
    "B51BE089D0B682863B2217201E73A1A9031968A9B4121DCBC3281A69739AF874"
    "29F5B3AC5471E7B6A04A2C0F2F8A25FD772A317DF97FC5463FEAC248EB8AB8BE"
    "81EB3100000000F435069679270C5BF4425EE5777402A6C8D51C620EED52DBB188378B836E2857D5C053E6DDF27FA87409AEF502CD9618"
    "AE47017C010224FD109CC0BEB21E742D44AB40CD11908743EC90EC8C40E221D517F72228E1A26E827F43DC18ED27B5F458D66508B05A2A"
    "4CC6FED178C881AFC3BC67064689BE8BB41C80ABB3C114A31F4CB03B8B64C7E0B4CE77B2399C93347858888F92239713B38DF01C485824"
    "5827A92EF334172EA636B31CBBDF2A96AD5D035F66AA38F1A2D97D4BBA99622E6B5F18789CECB2DFB3937D9F3E17F8B472098E6563238F"
    "37528374809836002AEA6E7012D2ADFAA7"
)
ORIGINATOR, RECIPIENT = bytes.fromhex("4D4D4D0000BC614E"), bytes.fromhex("4D4D4D0000000001")
RECIPIENTS_KEY = "AAD3FD0732E991CF52A74C66C1F2827DDC53522A2E0A169D7C4FFCC0FB5D6A4D"
SIGNER = bytes.fromhex(
    "BAAFFDE06A8CB1C9DAE8D94023C601DBBB249254BA22EDD827E820BCA2BCC643"
    "62FBB83D86A82B87BB8B7161D2AAB5521911A946B97A284A90F7785CD9047D25"
)
ACCESS_REQUEST = "d94000000000040100010000600100ff020100080000010000ff0202001400000d0000ff0702001400000d0000ff08"

FIELDS = st.binary(max_size=20)
HEADERS = st.builds(Header, FIELDS, FIELDS, FIELDS, FIELDS, FIELDS)
OCTETS = st.integers(0, 255)
KEYS = (
    st.none()
    | st.builds(KeyInfo, st.just(KeyChoice.IDENTIFIED), OCTETS)
    | st.builds(KeyInfo, st.sampled_from((KeyChoice.WRAPPED, KeyChoice.AGREED)), OCTETS, st.binary(max_size=300))
)


def test_one_pass_message_of_the_green_book() -> None:
    """Table 41: the signature of the ephemeral key, the agreed key and the ciphered ACCESS request.

    The tag printed there does not fit the authentication key it names, so the whole message cannot be opened.
    """
    message = decode_general_ciphering(TABLE_41)
    assert message.header == Header(bytes(range(1, 9)), ORIGINATOR, RECIPIENT)
    assert message.encode() == TABLE_41
    assert message.key is not None
    agreement, signer = private_key(Suite.P256, bytes.fromhex(RECIPIENTS_KEY)), public_key(Suite.P256, SIGNER)
    curve_keys = CurveKeys(agreement=agreement, peer_signing=signer)
    keys = KeySet(bytes(16), bytes(16), Suite.P256)
    key = received_message_key(message.key, keys, curve_keys, message.header, RECIPIENT)
    assert key.hex().upper() == "59A71FD81C929A86A99438DA17A66C05"
    sender = Cipher(KeySet(key, bytes(16), Suite.P256), ORIGINATOR, SendCounter(0), ReceiveCounter())
    stream = sender.protect(bytes(len(message.ciphered) - 17), 0x20)[5:]
    plain = bytes(a ^ b for a, b in zip(message.ciphered[5:-12], stream, strict=True))
    assert plain.hex().startswith(ACCESS_REQUEST)


@given(HEADERS, KEYS, st.binary(max_size=300))
def test_general_ciphering_round_trips(header: Header, key: KeyInfo | None, ciphered: bytes) -> None:
    message = GeneralCiphering(header, key, ciphered)
    assert decode_general_ciphering(message.encode()) == message


@given(HEADERS, st.binary(max_size=300), st.binary(max_size=200))
def test_general_signing_round_trips(header: Header, content: bytes, signature: bytes) -> None:
    message = GeneralSigning(header, content, signature)
    assert decode_general_signing(message.encode()) == message


@given(HEADERS, KEYS, st.binary(max_size=50), st.data())
def test_cut_messages_are_garbage(header: Header, key: KeyInfo | None, content: bytes, data: st.DataObject) -> None:
    for decode, octets in (
        (decode_general_ciphering, GeneralCiphering(header, key, content).encode()),
        (decode_general_signing, GeneralSigning(header, content, content).encode()),
    ):
        cut = octets[: data.draw(st.integers(1, len(octets) - 1))]
        for wrong in (cut, octets + b"\0"):
            with pytest.raises(RemoteProtocolError) as error:
                decode(wrong)
            assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("key", ["0103", "02", "01", "0102", "01020201020001", "0102000100"])
def test_undefined_key_information_is_garbage(key: str) -> None:
    octets = b"\xdd" + Header(b"", b"", b"").encode() + bytes.fromhex(key) + b"\x01\x30"
    with pytest.raises(RemoteProtocolError) as error:
        decode_general_ciphering(octets)
    assert error.value.cause is Cause.GARBAGE


def test_general_glo() -> None:
    assert decode_general(b"\xdb\x08" + ORIGINATOR + b"\x02\x30\x00") == (ORIGINATOR, b"\x30\x00")
    with pytest.raises(RemoteProtocolError):
        decode_general(b"\xdb\x08" + ORIGINATOR + b"\x02\x30\x00\x00")


def test_tags_as_the_standard_lists_them() -> None:
    assert [GLO_TAGS[tag] for tag in (5, 6, 12, 13, 14, 22, 24)] == [37, 38, 44, 45, 46, 54, 56]
    assert [DED_TAGS[tag] for tag in (5, 6, 12, 13, 14, 22, 24)] == [69, 70, 76, 77, 78, 86, 88]
    assert [GLO_TAGS[tag] for tag in (192, 193, 194, 195, 196, 197, 199)] == [200, 201, 202, 203, 204, 205, 207]
    assert [DED_TAGS[tag] for tag in (192, 193, 194, 195, 196, 197, 199)] == [208, 209, 210, 211, 212, 213, 215]
    assert len(PROTECTED_TAGS) == 32
