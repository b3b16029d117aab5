"""Proofs of high level security: published values, both directions, and what does not prove."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.security import Cipher, ReceiveCounter, SendCounter, Suite
from protocols.dlms.security.handshake import HLS_MECHANISMS, SECRET_MECHANISMS, Handshake, aes_ecb
from protocols.dlms.tags import Mechanism
from protocols.errors import Cause, LocalProtocolError
from tests.protocols.parties import CLIENT_TITLE, METER_TITLE
from tests.protocols.security.parties import curve_keys_of, keys_of

C_TO_S, S_TO_C, SECRET = b"K56iVagY", b"P6wRJ21F", b"secret"
ORDER = sorted(HLS_MECHANISMS)


def cipher(suite: Suite, own: bytes, peer: bytes) -> Cipher:
    made = Cipher(keys_of(suite), own, SendCounter(), ReceiveCounter())
    made.peer_title = peer
    return made


def sides(mechanism: Mechanism, suite: Suite = Suite.P256, secret: bytes = SECRET) -> tuple[Handshake, Handshake]:
    """The client's and the meter's half; the meter knows `secret`."""
    client = Handshake(
        mechanism, CLIENT_TITLE, METER_TITLE, C_TO_S, S_TO_C, SECRET,
        cipher(suite, CLIENT_TITLE, METER_TITLE), suite, curve_keys_of(suite, 11, 21),
    )  # fmt: skip
    meter = Handshake(
        mechanism, METER_TITLE, CLIENT_TITLE, S_TO_C, C_TO_S, secret,
        cipher(suite, METER_TITLE, CLIENT_TITLE), suite, curve_keys_of(suite, 21, 11),
    )  # fmt: skip
    return client, meter


@pytest.mark.parametrize("suite", [Suite.P256, Suite.P384])
@pytest.mark.parametrize("mechanism", ORDER)
def test_both_sides_prove_themselves(mechanism: Mechanism, suite: Suite) -> None:
    client, meter = sides(mechanism, suite)
    proof, answer = client.proof(), meter.proof()
    assert meter.proves(proof)
    assert client.proves(answer)
    assert not meter.proves(proof[:-1] + bytes((proof[-1] ^ 1,)))
    assert not meter.proves(b"")
    if mechanism in (Mechanism.HLS_SHA256, Mechanism.HLS_ECDSA):
        assert not meter.proves(answer), "a proof reflected is none"


@pytest.mark.parametrize("mechanism", sorted(SECRET_MECHANISMS))
def test_another_secret_proves_nothing(mechanism: Mechanism) -> None:
    client, meter = sides(mechanism, secret=b"Secret")
    assert not meter.proves(client.proof())


def test_digests_as_the_standard_writes_them() -> None:
    """Green Book table 39: what is hashed, in which order."""
    expected = {
        Mechanism.HLS_MD5: hashlib.md5(S_TO_C + SECRET),
        Mechanism.HLS_SHA1: hashlib.sha1(S_TO_C + SECRET),
        Mechanism.HLS_SHA256: hashlib.sha256(SECRET + CLIENT_TITLE + METER_TITLE + S_TO_C + C_TO_S),
    }
    for mechanism, digest in expected.items():
        assert sides(mechanism)[0].proof() == digest.digest()
    mirrored = hashlib.sha256(SECRET + METER_TITLE + CLIENT_TITLE + C_TO_S + S_TO_C)
    assert sides(Mechanism.HLS_SHA256)[1].proof() == mirrored.digest()


def test_manufacturers_function() -> None:
    """AES-128-ECB with the vector of FIPS 197, C.1; shorter challenges and secrets are filled up."""
    key, plain = bytes(range(16)), bytes.fromhex("00112233445566778899AABBCCDDEEFF")
    assert aes_ecb(key, plain).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
    assert aes_ecb(b"secret", b"challenge") == aes_ecb(b"secret".ljust(16, b"\0"), b"challenge".ljust(16, b"\0"))
    assert len(aes_ecb(key, bytes(17))) == 32
    with pytest.raises(LocalProtocolError):
        aes_ecb(bytes(17), plain)
    client = Handshake(
        Mechanism.HLS, b"", b"", C_TO_S, S_TO_C, SECRET, manufacturers=lambda secret, challenge: challenge + secret
    )
    assert client.proof() == S_TO_C + SECRET


@pytest.mark.parametrize("suite", Suite)
def test_proofs_with_gmac_name_their_suite(suite: Suite) -> None:
    token = sides(Mechanism.HLS_GMAC, suite)[0].proof()
    assert (token[0], token[1:5], len(token)) == (0x10 | suite, b"\0\0\0\x01", 17)


@pytest.mark.parametrize(
    ("mechanism", "title", "cause"),
    [
        (Mechanism.HLS_GMAC, CLIENT_TITLE, Cause.INVALID_VALUE),
        (Mechanism.HLS_ECDSA, CLIENT_TITLE, Cause.INVALID_VALUE),
        (Mechanism.HLS_SHA256, b"", Cause.WRONG_TITLE),
    ],
)
def test_what_is_missing_is_our_error(mechanism: Mechanism, title: bytes, cause: Cause) -> None:
    bare = Handshake(mechanism, title, METER_TITLE, C_TO_S, S_TO_C, suite=Suite.P256)
    with pytest.raises(LocalProtocolError) as error:
        bare.proof()
    assert error.value.cause is cause


@given(st.binary(max_size=200))
def test_no_octets_prove_by_accident(token: bytes) -> None:
    for mechanism in HLS_MECHANISMS:
        assert not sides(mechanism)[1].proves(token)


def test_secrets_are_not_shown() -> None:
    assert repr(SECRET) not in repr(sides(Mechanism.HLS_SHA256)[0])
