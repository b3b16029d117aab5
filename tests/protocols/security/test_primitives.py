"""Published values of the primitives, and round trips of what is built of them."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.dlms.classes.security import KeyId
from protocols.dlms.security.agreement import Ephemeral
from protocols.dlms.security.curves import (
    CurveKeys,
    new_private_key,
    point_of,
    private_key,
    public_key,
    shared_secret,
    sign,
    verifies,
)
from protocols.dlms.security.derivation import derive_key
from protocols.dlms.security.wrapping import unwrap_key, wrap_key
from protocols.dlms.suites import Suite
from protocols.errors import Cause, LocalProtocolError, ProtocolError, RemoteProtocolError

CLIENT, SERVER = bytes.fromhex("4D4D4D0000BC614E"), bytes.fromhex("4D4D4D0000000001")
CURVES = [Suite.P256, Suite.P384]


def cause(error: pytest.ExceptionInfo[ProtocolError]) -> Cause:
    return error.value.cause


@pytest.mark.parametrize(
    ("secret", "party_u", "party_v", "key"),
    [
        (
            "0D4385BA0DD756CBCAB9887EB538396EE8F090A14C1079B4359F115B977F4615",
            CLIENT,
            SERVER,
            "59A71FD81C929A86A99438DA17A66C05",
        ),
        (
            "2B4302DC49790E2E78D990CFB52ED6E2F273DECE441A2D95E4301B93812A9FAC",
            SERVER,
            CLIENT,
            "F0184BDA9466BFA4601A64A7EF46504A",
        ),
    ],
    ids=["client", "server"],
)
def test_derived_keys_of_the_green_book(secret: str, party_u: bytes, party_v: bytes, key: str) -> None:
    """Green Book annex C, one-pass agreement in suite 1."""
    assert derive_key(Suite.P256, bytes.fromhex(secret), party_u, party_v).hex().upper() == key


@pytest.mark.parametrize(
    ("suite", "own", "peer", "secret"),
    [
        (
            Suite.P256,
            "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
            "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
            "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac",
            "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b",
        ),
        (
            Suite.P384,
            "3cc3122a68f0d95027ad38c067916ba0eb8c38894d22e1b15618b6818a661774ad463b205da88cf699ab4d43c9cf98a1",
            "a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e764592efda27fe7513272734466b400091adbf2d68c58e0c50066"
            "ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b661efedf243451915ed0905a32b060992b468c64766fc8437a",
            "5f9d29dc5e31a163060356213669c8ce132e22f57c9a04f40ba7fcead493b457e5621e766c40a2e3d4d6a04b25e533f1",
        ),
    ],
)
def test_shared_secrets_of_nist(suite: Suite, own: str, peer: str, secret: str) -> None:
    """NIST CAVP, ECC CDH primitive, count 0."""
    pair, other = private_key(suite, bytes.fromhex(own)), public_key(suite, bytes.fromhex(peer))
    assert shared_secret(suite, pair, other).hex() == secret


RFC6979 = [
    (
        Suite.P256,
        "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    ),
    (
        Suite.P384,
        "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
        "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
        "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8",
    ),
]


@pytest.mark.parametrize(("suite", "scalar", "signature"), RFC6979)
def test_signatures_of_rfc_6979(suite: Suite, scalar: str, signature: str) -> None:
    """RFC 6979 A.2.5 and A.2.6: the message "sample"."""
    key = private_key(suite, bytes.fromhex(scalar)).public_key()
    assert verifies(suite, key, b"sample", bytes.fromhex(signature))
    assert not verifies(suite, key, b"simple", bytes.fromhex(signature))
    assert not verifies(suite, key, b"sample", bytes.fromhex(signature)[1:])


SIGNER = public_key(
    Suite.P256,
    bytes.fromhex(
        "BAAFFDE06A8CB1C9DAE8D94023C601DBBB249254BA22EDD827E820BCA2BCC643"
        "62FBB83D86A82B87BB8B7161D2AAB5521911A946B97A284A90F7785CD9047D25"
    ),
)
OFFER = bytes.fromhex(
    "2914D60E10AB705F62ED6CC349D7CB99B9AB3F3978E59278C7AF595B3AF98794"
    "1372DAB6D5AF1FA867E134167E6F23DE664A6693E05F43414611058D1B48F894"
    "06F0607702AA0E2435A183E2F6B1ECD19629712E389A213610C03F77B2590860"
    "EA840AF5C3FA1F2BCDF055D4744E9A01CE9A0E55026BCAA4EEBEB764CED64BB3"
)
SERVER_PAIR = "34A8C23A34DBB519D09B245754C85A6CFE05D14A063EFA5AA41545AA8241EFAE"


def test_agreement_of_the_green_book() -> None:
    """Green Book annex C, ephemeral unified model: the client's offer is verified and gives Z of the book."""
    pair = private_key(Suite.P256, bytes.fromhex(SERVER_PAIR))
    secret = shared_secret(Suite.P256, pair, public_key(Suite.P256, OFFER[:64]))
    assert secret.hex().upper() == "C1CF8FE7891AEF3617D7190795E61FE6C24EFC3CCA2E08469BAD1A225CE6EA08"
    agreed = Ephemeral(Suite.P256, KeyId.UNICAST_ENCRYPTION, pair).agree(OFFER, SIGNER, CLIENT, SERVER)
    assert agreed == derive_key(Suite.P256, secret, CLIENT, SERVER)


@pytest.mark.parametrize("key_id", KeyId)
@pytest.mark.parametrize("suite", CURVES)
def test_both_sides_agree_on_a_key(suite: Suite, key_id: KeyId) -> None:
    client_signs, server_signs = new_private_key(suite), new_private_key(suite)
    client, server = Ephemeral(suite, key_id), Ephemeral(suite, key_id)
    offers = client.offer(client_signs), server.offer(server_signs)
    ours = client.agree(offers[1], server_signs.public_key(), CLIENT, SERVER)
    assert ours == server.agree(offers[0], client_signs.public_key(), CLIENT, SERVER)
    assert len(ours) == suite.key_size


def test_offers_of_others_and_for_other_keys_are_refused() -> None:
    signs, stranger = new_private_key(Suite.P256), new_private_key(Suite.P256)
    offer = Ephemeral(Suite.P256, KeyId.UNICAST_ENCRYPTION).offer(signs)
    ours = Ephemeral(Suite.P256, KeyId.AUTHENTICATION)
    for signer, key_id in ((signs, KeyId.AUTHENTICATION), (stranger, KeyId.UNICAST_ENCRYPTION)):
        with pytest.raises(RemoteProtocolError) as error:
            Ephemeral(Suite.P256, key_id).agree(offer, signer.public_key(), CLIENT, SERVER)
        assert cause(error) is Cause.AUTHENTICATION_FAILED
    for broken in (b"", offer[:63], bytes(64) + offer[64:], b"\xff" * 128):
        with pytest.raises(RemoteProtocolError) as error:
            ours.agree(broken, signs.public_key(), CLIENT, SERVER)
        assert cause(error) is Cause.GARBAGE


@pytest.mark.parametrize(
    ("master", "key", "wrapped"),
    [
        (
            "000102030405060708090A0B0C0D0E0F",
            "00112233445566778899AABBCCDDEEFF",
            "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5",
        ),
        (
            "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
            "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
            "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
        ),
    ],
)
def test_key_wrap_of_rfc_3394(master: str, key: str, wrapped: str) -> None:
    assert wrap_key(bytes.fromhex(master), bytes.fromhex(key)).hex().upper() == wrapped
    assert unwrap_key(bytes.fromhex(master), bytes.fromhex(wrapped)).hex().upper() == key


@given(st.sampled_from((16, 32)), st.sampled_from((16, 32)), st.data())
def test_wrapped_keys_round_trip_and_notice_changes(master_size: int, key_size: int, data: st.DataObject) -> None:
    master = data.draw(st.binary(min_size=master_size, max_size=master_size))
    key = data.draw(st.binary(min_size=key_size, max_size=key_size))
    wrapped = bytearray(wrap_key(master, key))
    assert unwrap_key(master, bytes(wrapped)) == key
    wrapped[data.draw(st.integers(0, len(wrapped) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RemoteProtocolError) as error:
        unwrap_key(master, bytes(wrapped))
    assert cause(error) is Cause.WRONG_KEY


def test_keys_of_other_sizes_are_not_wrapped() -> None:
    for master, key in ((bytes(15), bytes(16)), (bytes(16), bytes(24)), (bytes(16), b"")):
        with pytest.raises(LocalProtocolError):
            wrap_key(master, key)
    with pytest.raises(RemoteProtocolError) as error:
        unwrap_key(bytes(16), bytes(23))
    assert cause(error) is Cause.GARBAGE


@settings(max_examples=20)
@given(st.sampled_from(CURVES), st.binary(max_size=300))
def test_signatures_and_points_round_trip(suite: Suite, message: bytes) -> None:
    pair = new_private_key(suite)
    point = point_of(pair.public_key())
    signature = sign(suite, pair, message)
    assert len(point) == len(signature) == suite.curve.pair_size
    assert verifies(suite, public_key(suite, point), message, signature)
    assert not verifies(suite, public_key(suite, point), message + b"!", signature)


def test_keys_that_do_not_fit_are_our_error() -> None:
    other = new_private_key(Suite.P384)
    for wrong in (
        lambda: private_key(Suite.P256, bytes(32)),
        lambda: private_key(Suite.P256, bytes(31)),
        lambda: Suite.AES_128.curve,
        lambda: Suite.of_curve(ec.SECP521R1()),
        lambda: sign(Suite.P256, None, b""),
        lambda: sign(Suite.P256, other, b""),
        lambda: verifies(Suite.P256, other.public_key(), b"", bytes(64)),
        lambda: shared_secret(Suite.P256, new_private_key(Suite.P256), None),
        lambda: CurveKeys(signing=other).check(Suite.P256),
        lambda: CurveKeys(signing=other).check(Suite.AES_128),
    ):
        with pytest.raises(LocalProtocolError) as error:
            wrong()
        assert cause(error) is Cause.INVALID_VALUE
    assert Suite.of_curve(other.curve) is Suite.P384


def test_curve_keys_are_not_shown() -> None:
    assert repr(CurveKeys(new_private_key(Suite.P256))) == "CurveKeys(…)"
