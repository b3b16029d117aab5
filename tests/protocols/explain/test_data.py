"""COSEM data: types, values in words, what common shapes mean, and what is no data."""

import pytest

from protocols.explain import value_words
from protocols.explain.instants import date_words, instant_words, time_words
from tests.protocols.explain.looking import complaints, meaning, of


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        ("00", "null"),
        ("FF", "dont-care"),
        ("03 01", "true"),
        ("03 00", "false"),
        ("04 0B A5 C0", "10100101110"),
        ("04 00", "no bits"),
        ("05 FFFFFFFE", "-2"),
        ("06 0001E240", "123456"),
        ("09 06 0100010800FF", "1-0:1.8.0 (active import energy)"),
        ("09 05 68656C6C6F", '"hello"'),
        ("09 06 7A7A7A7A7A7A", '"zzzzzz"'),
        ("09 03 010203", "01 02 03"),
        ("09 00", "empty"),
        ("09 11 0102030405060708090A0B0C0D0E0F1011", "17 octets"),
        ("09 0C 07EA0701030C1E0500FF4C80", "Wed 2026-07-01 12:30:05 +03:00, daylight saving"),
        ("0A 02 4142", '"AB"'),
        ("0C 03 E282AC", '"€"'),
        ("0F 80", "-128"),
        ("16 1E", "30"),
        ("17 3F800000", "1.0"),
        ("19 07EA0701030C1E0500FF4C80", "Wed 2026-07-01 12:30:05 +03:00, daylight saving"),
        ("1A 07EA070103", "Wed 2026-07-01"),
        ("1B 0C1E0532", "12:30:05.50"),
        ("19 000000000000000000000000", "00 00 00 00 00 00 00 00 00 00 00 00"),
        ("01 02 11 01 11 02", "[1, 2]"),
        ("02 02 11 01 0A 01 41", '{1, "A"}'),
        ("02 02 0F FD 16 1B", "scaler and unit: × 10^-3 W"),
        ("01 0D" + "1105" * 13, "[5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, … 1 more]"),
        (
            "02 04 12 0003 09 06 0100020800FF 0F 02 12 0000",
            "1-0:2.8.0 (active export energy), attribute 2 of class 3 Register",
        ),
        (
            "02 04 12 0008 11 00 09 06 0000010000FF 02 02 01 00 01 00",
            "0-0:1.0.0 (clock), class 8 Clock, version 0",
        ),
        ("11 05 00", "5 not understood: at octet 2: left over: nothing is expected here"),
    ],
)
def test_values_in_words(octets: str, said: str) -> None:
    assert value_words(bytes.fromhex(octets)) == said


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("C401C100 01 05 11 01", "5 elements are announced, 2 octets are left"),
        ("C401C100 FE", "0xfe is not a data type"),
        ("C401C100 09 84 FFFFFFFF", "4294967295 octets are expected here"),
        ("C401C100 09 85 01", "length octet 0x85"),
        ("C401C100" + "0101" * 20 + "00", "nested deeper than 16 levels"),
        ("05 01 09", "choice 9 is not defined here"),
        ("C401C102", "2 is neither data (0) nor a reason (1)"),
    ],
)
def test_what_is_no_data_is_said_at_its_place(octets: str, why: str) -> None:
    assert why in " ".join(complaints(of(octets)))


COMPACT = "C401C100 13"


def test_a_compact_array() -> None:
    tree = of(COMPACT + "02 03 06 09 04  0F  00000001 02AABB 03 A0  00000002 00 00")
    assert meaning(tree, "type of an element") == "structure(double-long-unsigned, octet-string, bit-string)"
    assert [node.meaning for node in tree.walk() if node.name == "element"] == ["1, AA BB, 101", "2, empty, "]
    assert meaning(tree, "compact-array") == "2 elements"
    array = of(COMPACT + "01 0003 11  06  010203 040506")
    assert meaning(array, "type of an element") == "array of 3 × unsigned"
    assert meaning(array, "element") == "1, 2, 3"
    assert meaning(of(COMPACT + "1A 05 07EA070103"), "element") == "07 EA 07 01 03"


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("02 01 00 02 0000", "without octets cannot be counted"),
        ("01 FFFF 11 01 00", "65535 values is refused"),
        ("01 0000 11 01 00", "0 values is refused"),
        ("13", "0x13 is not a type"),
        ("02 7F 11", "127 fields are announced"),
        ("01 0001" * 20 + "11", "nested deeper"),
        ("11 05 01", "cut: 4 of 5 octets are missing"),
        ("06 03 010203", "4 octets are expected here, 3 are left"),
    ],
)
def test_bombs_in_compact_arrays_are_refused(octets: str, why: str) -> None:
    assert why in " ".join(complaints(of(COMPACT + octets)))


def test_instants_with_wildcards() -> None:
    never = bytes.fromhex("FFFFFFFFFFFFFFFFFF8000FF")
    assert instant_words(never) == "****-**-** **:**:**, deviation not specified, status not specified"
    assert instant_words(bytes.fromhex("07EA0329070300000000788F")).startswith("Sun 2026-03-41") is False
    assert instant_words(bytes.fromhex("07EA031D07030000FF003C01")) == "Sun 2026-03-29 03:00:00 -01:00, invalid"
    assert instant_words(bytes.fromhex("07EA031D07030000FF7FFF00")) == ""
    assert date_words(bytes.fromhex("FFFFFEFE07")) == "Sun ****-month DST begins-last day"
    assert time_words(bytes.fromhex("02FFFF00")) == "02:**:**"
