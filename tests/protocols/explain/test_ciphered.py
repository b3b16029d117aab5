"""Ciphered messages: what is beneath, and which of keys, titles and tags is wrong."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from protocols.dlms.axdr import with_length
from protocols.dlms.security import Cipher, KeySet, ReceiveCounter, Security, SendCounter
from protocols.dlms.security.envelopes import GeneralCiphering, Header, KeyChoice, KeyInfo
from protocols.explain import Keys
from tests.protocols.explain.looking import AK, CLIENT, EK, KEYS, METER, complaints, meaning, of

GET = bytes.fromhex("C0010000080000010000FF0200")
CLOCK = "0-0:1.0.0 (clock) attribute 2 time"
PUBLISHED = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"
OTHER = bytes(range(0x40, 0x50))


def sealed(plain: bytes, *, keys: KeySet | None = None, security: Security = Security.BOTH) -> bytes:
    return Cipher(keys or KeySet(EK, AK), METER, SendCounter(7), ReceiveCounter()).protect(plain, security)


def glo(plain: bytes, **changes: object) -> str:
    return (b"\xc8" + with_length(sealed(plain, **changes))).hex()  # type: ignore[arg-type]


def general(plain: bytes, title: bytes = METER) -> str:
    return (b"\xdb" + with_length(title) + with_length(sealed(plain))).hex()


def test_the_published_get_request() -> None:
    tree = of(PUBLISHED)
    assert meaning(tree, "get-request") == CLOCK
    assert meaning(tree, "security control") == "suite 0 (AES-GCM-128), authenticated, encrypted"
    assert meaning(tree, "invocation counter") == str(0x01234567)
    assert meaning(tree, "deciphered").startswith("authentic")
    assert complaints(tree) == []
    assert not any(EK in node.octets or AK in node.octets for node in tree.walk())


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (Keys(), "to decipher, the key (--key) and the system title of the sender (--title) must be known"),
        (Keys(titles=(METER,)), "to decipher, the key (--key) must be known"),
        (Keys(EK, AK), "to decipher, the system title of the sender (--title) must be known"),
        (Keys(EK[:5], AK, titles=(METER,)), "a key has 16 or 32 octets, the key given has 5"),
        (Keys(AK, EK, titles=(METER,)), "encryption key and authentication key are swapped"),
        (Keys(OTHER, AK, dedicated=EK, titles=(METER,)), "ciphered with the other key: global and dedicated"),
        (Keys(OTHER, AK, titles=(METER,)), "wrong encryption key, or not the system title of the sender"),
        (Keys(EK, AK, titles=(CLIENT,)), "wrong encryption key, or not the system title of the sender"),
    ],
)
def test_what_hinders_is_told_apart(keys: Keys, said: str) -> None:
    tree = of(PUBLISHED, keys)
    assert said in meaning(tree, "not deciphered")
    assert not any(node.layer for node in tree.walk())


def test_a_wrong_tag_is_told_from_a_wrong_key() -> None:
    tree = of(PUBLISHED, Keys(EK, OTHER, titles=(METER,)))
    assert "its tag is wrong" in meaning(tree, "wrong tag")
    assert meaning(tree, "get-request") == CLOCK


def test_without_the_authentication_key_the_tag_is_not_checked() -> None:
    tree = of(PUBLISHED, Keys(EK, titles=(METER,)))
    assert "the tag is not checked" in meaning(tree, "deciphered")
    assert complaints(tree) == []


def test_the_right_one_of_several_titles_is_found() -> None:
    assert meaning(of(PUBLISHED, Keys(EK, AK, titles=(CLIENT, b"short", METER))), "get-request") == CLOCK


def test_general_glo_carries_its_title() -> None:
    tree = of(general(GET), Keys(EK, AK))
    assert meaning(tree, "system title") == "manufacturer MMM, number 12345678"
    assert meaning(tree, "get-request") == CLOCK


def test_a_title_in_the_frame_that_is_not_the_one_used() -> None:
    tree = of(general(GET, CLIENT), KEYS)
    assert "not with the title in the frame" in meaning(tree, "wrong title")
    assert meaning(tree, "get-request") == CLOCK
    assert "names its system title itself" in meaning(of(general(GET, CLIENT), Keys(EK, AK)), "not deciphered")


def test_encrypted_without_a_tag_and_signed_without_encryption() -> None:
    encrypted, signed = (glo(GET, security=bits) for bits in (Security.ENCRYPTED, Security.AUTHENTICATED))
    assert "no tag" in meaning(of(encrypted), "deciphered")
    assert meaning(of(signed), "content").startswith("authentic")
    readable = of(signed, Keys())
    assert meaning(readable, "get-request") == CLOCK
    assert "to check the tag" in meaning(readable, "not checked")


def test_another_service_inside_than_announced() -> None:
    answer = bytes.fromhex("C401C10005")
    assert complaints(of(glo(answer)))[0] == "wrong service: inside is not a get-request, which the outer tag announces"


def test_compressed_content_is_not_expanded() -> None:
    octets = bytearray.fromhex(PUBLISHED)
    octets[2] |= 0x80
    assert "V.44" in " ".join(complaints(of(octets.hex(), Keys(EK, titles=(METER,)))))


def ciphering(key: KeyInfo | None, ciphered: bytes) -> str:
    return GeneralCiphering(Header(b"\x01", METER, CLIENT), key, ciphered).encode().hex()


def test_general_ciphering_with_the_key_named() -> None:
    plain = of(ciphering(KeyInfo(KeyChoice.IDENTIFIED, 0), sealed(GET, security=Security.ENCRYPTED)))
    assert meaning(plain, "key") == "global unicast encryption key"
    assert meaning(plain, "get-request") == CLOCK
    assert meaning(of(ciphering(None, sealed(GET, security=Security.ENCRYPTED))), "get-request") == CLOCK


def test_general_ciphering_with_a_wrapped_key() -> None:
    wrapped = KeyInfo(KeyChoice.WRAPPED, 0, aes_key_wrap(AK, OTHER))
    text = ciphering(wrapped, sealed(GET, keys=KeySet(OTHER, AK), security=Security.ENCRYPTED))
    tree = of(text, replace(KEYS, kek=AK))
    assert meaning(tree, "key information") == "unwrapped with the master key"
    assert meaning(tree, "get-request") == CLOCK
    assert "does not unwrap" in meaning(of(text, replace(KEYS, kek=EK)), "key information")
    assert "is needed to unwrap" in meaning(of(text), "key information")
    assert "content key of the message must be known" in meaning(of(text), "not deciphered")


def test_general_ciphering_with_an_agreed_key() -> None:
    tree = of(ciphering(KeyInfo(KeyChoice.AGREED, 1, bytes(64)), sealed(GET)))
    assert "without a private key" in meaning(tree, "key information")
    assert "content key of the message" in meaning(tree, "not deciphered")


def test_key_information_that_is_not_defined() -> None:
    text = "DD 0101 084D4D4D0000BC614E 00 00 00 01 07"
    assert "key information 7 is not defined" in " ".join(complaints(of(text)))


def test_general_signing_shows_the_content() -> None:
    text = "DF 0101 084D4D4D0000BC614E 00 00 00" + with_length(GET).hex() + "04 01020304"
    tree = of(text)
    assert meaning(tree, "get-request") == CLOCK
    assert "4 octets, not verified" in meaning(tree, "signature")


def test_a_dedicated_key_is_learned_from_the_association() -> None:
    initiate = bytes.fromhex("010110" + OTHER.hex() + "0000065F1F0400007E1F04B0")
    request = b"\x60" + with_length(
        bytes.fromhex("A109060760857405080103A60A0408") + METER + b"\xbe" + with_length(b"\x04" + with_length(initiate))
    )
    dedicated = b"\xd0" + with_length(sealed(GET, keys=KeySet(OTHER, AK)))
    tree = of((request + dedicated).hex(), Keys(EK, AK))
    assert meaning(tree, "ded-get-request") == ""
    assert meaning(tree, "get-request") == CLOCK
    assert "(--dedicated-key)" in meaning(of(dedicated.hex()), "not deciphered")


def test_a_tag_that_is_cut() -> None:
    said = " ".join(complaints(of("C8 08 30 00000001 010203")))
    assert "an authentication tag of 12 octets is expected, 3 are left" in said
