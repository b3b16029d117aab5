"""Octets published in the Green Book and elsewhere: the wire is the standard's and not only our own.

headend.md §4 row 21: no library is the oracle, also not ours.
"""

import pytest

from protocols.dlms.acse import AssociateResult, Context, Diagnostic, decode_aare, decode_aarq
from protocols.dlms.apdu import decode_apdu
from protocols.dlms.conformance import Conformance
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import decode
from protocols.dlms.initiate import InitiateRequest, decode_initiate_request, decode_initiate_response
from protocols.dlms.obis import Obis
from protocols.dlms.security import Cipher, KeySet, ReceiveCounter, Security, SendCounter
from protocols.dlms.services.get import GetBlock, GetListRequest, GetNext, GetRequest, GetResponse, LastGetBlock
from protocols.dlms.tags import DataAccessResult, Mechanism

KEYS = KeySet(bytes.fromhex("000102030405060708090A0B0C0D0E0F"), bytes.fromhex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"))
METER = bytes.fromhex("4D4D4D0000BC614E")
CLIENT = bytes.fromhex("4D4D4D0000000001")
INITIATE = bytes.fromhex("01000000065F1F0400007E1F04B0")
AARQ_LOW = (
    "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E01000000065F1F0400007E1F04B0"
)
AARQ_HIGH = (
    "6036A1090607608574050801018A0207808B0760857405080205AC0A80084B35366956616759BE10040E01000000065F1F0400007E1F04B0"
)
AARE_HIGH = (
    "6142A109060760857405080101A203020100A305A10302010E88020780890760857405080205AA0A80085036775"
    "24A323146BE10040E0800065F1F040000501F01F40007"
)


def cipher(own: bytes, peer: bytes, counter: int) -> Cipher:
    made = Cipher(KEYS, own, SendCounter(counter), ReceiveCounter(counter - 1))
    made.peer_title = peer
    return made


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        (Security.AUTHENTICATED, "1001234567C0010000080000010000FF020006725D910F9221D263877516"),
        (Security.ENCRYPTED, "2001234567411312FF935A47566827C467BC"),
        (Security.BOTH, "3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B"),
    ],
)
def test_glo_get_request(security: Security, expected: str) -> None:
    plain = bytes.fromhex("C0010000080000010000FF0200")
    assert cipher(METER, CLIENT, 0x01234567).protect(plain, security).hex().upper() == expected
    assert cipher(CLIENT, METER, 0x01234567).open(bytes.fromhex(expected)) == (plain, security)


def test_glo_initiate_request() -> None:
    plain = bytes.fromhex("01011000112233445566778899AABBCCDDEEFF0000065F1F0400007E1F04B0")
    expected = bytes.fromhex(
        "3001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E356855"
    )
    assert cipher(METER, CLIENT, 0x01234567).protect(plain, Security.BOTH) == expected
    assert decode_initiate_request(plain).dedicated_key == bytes.fromhex("00112233445566778899AABBCCDDEEFF")
    assert decode_initiate_request(plain).encode() == plain


@pytest.mark.parametrize(
    ("prover", "verifier", "counter", "challenge", "tag"),
    [
        (CLIENT, METER, 1, b"P6wRJ21F", "1A52FE7DD3E72748973C1E28"),
        (METER, CLIENT, 0x01234567, b"K56iVagY", "FE1466AFB3DBCD4F9389E2B7"),
    ],
)
def test_hls_gmac_in_both_directions(prover: bytes, verifier: bytes, counter: int, challenge: bytes, tag: str) -> None:
    token = cipher(prover, verifier, counter).proof(challenge)
    assert token == b"\x10" + counter.to_bytes(4, "big") + bytes.fromhex(tag)
    assert cipher(verifier, prover, counter).proves(token, challenge)
    assert not cipher(verifier, prover, counter).proves(token, challenge[::-1])


def test_aarq_without_security() -> None:
    octets = bytes.fromhex("601DA109060760857405080101BE10040E01000000065F1F0400007E1F04B0")
    aarq = decode_aarq(octets)
    assert (aarq.context, aarq.mechanism, aarq.user_information) == (Context.LN, Mechanism.NONE, INITIATE)
    assert aarq.encode() == octets


@pytest.mark.parametrize(
    ("octets", "mechanism", "authentication"),
    [(AARQ_LOW, Mechanism.LLS, b"12345678"), (AARQ_HIGH, Mechanism.HLS_GMAC, b"K56iVagY")],
)
def test_aarq_with_authentication(octets: str, mechanism: Mechanism, authentication: bytes) -> None:
    aarq = decode_aarq(bytes.fromhex(octets))
    assert (aarq.mechanism, aarq.authentication) == (mechanism, authentication)
    assert aarq.encode().hex().upper() == octets


def test_aarq_with_ciphering() -> None:
    octets = bytes.fromhex(
        "6066A109060760857405080103A60A04084D4D4D0000BC614E8A0207808B0760857405080201AC0A80083132333435363738BE340432"
        "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E356855"
    )
    aarq = decode_aarq(octets)
    assert (aarq.context, aarq.title, aarq.user_information[:2]) == (Context.LN_CIPHERED, METER, b"\x21\x30")
    assert aarq.encode() == octets


def test_aare_accepting() -> None:
    octets = bytes.fromhex("6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000501F01F40007")
    aare = decode_aare(octets)
    assert (aare.result, aare.diagnostic) == (AssociateResult.ACCEPTED, Diagnostic.NONE)
    assert aare.encode() == octets
    granted = decode_initiate_response(aare.user_information)
    assert granted.max_pdu == 500
    assert granted.conformance == (
        Conformance.BLOCK_TRANSFER_GET
        | Conformance.GET
        | Conformance.SET
        | Conformance.SELECTIVE_ACCESS
        | Conformance.EVENT_NOTIFICATION
        | Conformance.ACTION
        | Conformance.PRIORITY
    )


def test_aare_asking_for_proof() -> None:
    aare = decode_aare(bytes.fromhex(AARE_HIGH))
    assert (aare.diagnostic, aare.authentication) == (Diagnostic.AUTHENTICATION_REQUIRED, b"P6wRJ21F")
    assert aare.encode().hex().upper() == AARE_HIGH


def test_conformance_bits_as_numbered_in_the_standard() -> None:
    wanted = InitiateRequest(Conformance(0x007E1F), 0x04B0)
    assert wanted.encode() == INITIATE
    assert Conformance.GENERAL_PROTECTION.to_bytes(3, "big") == b"\x40\x00\x00"
    assert Conformance.ACTION.to_bytes(3, "big") == b"\x00\x00\x01"


CLOCK = Attribute(8, Obis.parse("0-0:1.0.0"), 2)
ENERGY = Attribute(3, Obis.parse("1-0:1.8.0"), 2)


@pytest.mark.parametrize(
    ("octets", "event"),
    [
        ("C001C100080000010000FF0200", GetRequest(CLOCK)),
        ("C002C100000001", GetNext(1)),
        (
            "C003C10200080000010000FF02000003 0100010800FF0200".replace(" ", ""),
            GetListRequest(((CLOCK, None), (ENERGY, None))),
        ),
        ("C401C1010B", GetResponse(DataAccessResult.OBJECT_UNAVAILABLE)),
        ("C402C10000000001000448656C6C", GetBlock(1, b"Hell")),
        ("C402C1010000000200016F", LastGetBlock(2, b"o")),
        ("C402C101000000020113", LastGetBlock(2, DataAccessResult.DATA_BLOCK_NUMBER_INVALID)),
    ],
)
def test_get_apdus(octets: str, event: GetRequest) -> None:
    assert decode_apdu(bytes.fromhex(octets)) == event
    assert event.encode().hex().upper() == octets


def test_get_response_with_clock() -> None:
    event = decode_apdu(bytes.fromhex("C401C100090C07E8010103173B3700FF8800"))
    assert isinstance(event, GetResponse)
    assert decode(event.result) == bytes.fromhex("07E8010103173B3700FF8800")  # type: ignore[arg-type]
