"""Association messages field by field, and the refusals of the standard in words."""

import pytest

from tests.protocols.explain.looking import complaints, meaning, of
from tests.protocols.test_vectors import AARE_HIGH, AARQ_HIGH

INITIATE = "BE10040E01000000065F1F0400007E1F04B0"


def aarq(fields: str) -> str:
    octets = bytes.fromhex(fields)
    return f"60{len(octets):02X}{octets.hex()}"


def test_a_request_with_high_level_security() -> None:
    tree = of(AARQ_HIGH)
    assert meaning(tree, "application context") == "logical names (2.16.756.5.8.1.1)"
    assert meaning(tree, "mechanism") == "HLS with GMAC (2.16.756.5.8.2.5)"
    assert meaning(tree, "ACSE requirements") == "authentication"
    assert meaning(tree, "calling authentication value") == '"K56iVagY"'
    assert meaning(tree, "largest PDU of the client") == "1200 octets"
    assert "selective access" in meaning(tree, "bits")
    assert complaints(tree) == []


def test_an_answer() -> None:
    tree = of(AARE_HIGH)
    assert meaning(tree, "result") == "0: accepted"
    assert meaning(tree, "diagnostic") == "14: authentication required, says the service user"
    assert meaning(tree, "VAA name") == "0x0007 (logical names)"
    assert meaning(tree, "agreed conformance") == "7 services"
    assert complaints(tree) == []


def test_every_field_of_the_standard() -> None:
    fields = (
        "80020284 A109060760857405080101 A2060404 41424344 A303020105 A403020107 A503020101 A60A0408 4C475A0000000001"
        "A7040402 0102 A803020109 A903020101 8A02078F BD0401020304 87020102"
    )
    tree = of(aarq(fields + INITIATE))
    assert meaning(tree, "calling AP title") == "manufacturer LGZ, number 1"
    assert meaning(tree, "called AP title").startswith("41 42 43 44")
    assert meaning(tree, "calling AP invocation id") == "9"
    assert meaning(tree, "implementation information") == "01 02 03 04"
    assert meaning(tree, "field 0x87") == "01 02"
    assert complaints(tree) == []


def test_a_request_for_release_with_a_reason() -> None:
    assert meaning(of("6203800100"), "reason") == "0: normal"
    assert meaning(of("630380011E"), "reason") == "30: user defined"
    assert meaning(of("6200"), "RLRQ") == "the client ends the association"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("A109060760857405090101", "not of DLMS"),
        ("A1020600", "nothing: not of DLMS"),
        ("8B0760857405080209", "2.16.756.5.8.2.9: not of DLMS"),
        ("8A020700", "07 00"),
        ("A209" + "04" * 9, "expected"),
        ("A10704056085740508", "0x04 stands where 0x06 is expected"),
        ("BE03020101", "an octet string (04) is expected"),
        ("BE040402C005", "variant 5 of this service is not defined"),
        ("BE04040A0100", "missing"),
        ("BD14" + "00" * 20, "20 octets"),
    ],
)
def test_odd_fields_stay_inside_their_field(fields: str, said: str) -> None:
    tree = of(aarq(fields + INITIATE))
    assert any(said in node.meaning for node in tree.walk())
    assert meaning(tree, "largest PDU of the client") == "1200 octets"


def test_an_unknown_diagnostic_and_context_head() -> None:
    tree = of("6107 A305A3030201 63")
    assert meaning(tree, "diagnostic") == "99: not defined, says the source 0xa3"
    assert "is not the head of a conformance block" in " ".join(complaints(of("01000000065F200400007E1F04B0")))
    assert meaning(of("01000000065F0400007E1F04B0"), "largest PDU of the client") == "1200 octets"
    assert meaning(of("0100 0100 00 06 5F1F0400000000 0000"), "response allowed") == "no"
    assert meaning(of("01000001 03 06 5F1F0400000000 0000"), "largest PDU of the client") == "no limit"
    assert meaning(of("0801 05 06 5F1F0400 800000 0000 FA00"), "bits") == "bit 0"


def test_refusals_in_words() -> None:
    assert meaning(of("0E010600"), "confirmed-service-error") == "initiate refused: initiate, other"
    assert meaning(of("D80106 00000010"), "expected counter") == "16"
    assert meaning(of("D80201"), "state error") == "2: service unknown"
    assert "3 octets are expected here" in " ".join(complaints(of("0E0106")))
    assert meaning(of("C401C101FA"), "reason") == "250: other reason"
    assert meaning(of("C401C10163"), "reason") == "99: not defined"
