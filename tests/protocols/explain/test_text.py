"""Octets as text, text as octets, and the printed tree."""

import doctest
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import protocols.explain
from protocols.dlms.obis import Obis
from protocols.errors import Cause, LocalProtocolError
from protocols.explain import COLOURED, Keys, explain, obis_words, read_hex, render
from protocols.explain.words import class_name, member_name, title_name
from tests.protocols.explain.looking import EK, KEYS, of
from tests.protocols.explain.test_ciphered import PUBLISHED


@pytest.mark.parametrize(
    "text",
    ["C001C1", "c0 01 c1", "0xC0,0x01,0xC1", "C0:01:C1", "c0-01\n c1\n", "[C0, 01]\r\n{c1}", r"\xc0\x01\xc1"],
)
def test_hexadecimal_digits_as_people_paste_them(text: str) -> None:
    assert read_hex(text) == bytes.fromhex("C001C1")


@given(st.binary(max_size=50), st.sampled_from(["", " ", ":", "\n", ", 0x"]))
def test_any_grouping(octets: bytes, between: str) -> None:
    assert read_hex(between.join(f"{octet:02x}" for octet in octets)) == octets


@pytest.mark.parametrize(("text", "said"), [("C0 0G", "'G' is not"), ("C00", "3 digits")])
def test_what_is_no_hexadecimal_text(text: str, said: str) -> None:
    with pytest.raises(LocalProtocolError, match=said) as error:
        read_hex(text)
    assert error.value.cause is Cause.INVALID_VALUE


def test_the_example_of_the_package() -> None:
    assert doctest.testmod(protocols.explain).failed == 0


def test_lines_are_wrapped_and_hang_below_their_node() -> None:
    text = render(of(PUBLISHED), width=90)
    assert max(map(len, text.splitlines())) <= 90
    assert text.splitlines()[7] == "    20  7D 82 5C 3B E4 A7 7C 3F …    ├─ authentication tag: 12 octets"


def test_frames_are_apart() -> None:
    assert render(of("7EA0070321930F017E 7EA0070321930F017E")).count("\n\n") == 1


def test_colours_only_add_to_the_text() -> None:
    tree = of(PUBLISHED, Keys())
    plain, coloured = render(tree), render(tree, COLOURED)
    assert "\x1b" not in plain
    assert "\x1b[31m✗ not deciphered" in coloured
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in render(of("C401C100 0A 04 1B5B324A"))


def test_the_tree_as_json() -> None:
    shown = json.loads(json.dumps(of(PUBLISHED, Keys()).to_dict()))
    (frame,) = shown["children"]
    assert (frame["name"], frame["offset"], frame["octets"]) == ("glo-get-request", 0, PUBLISHED.lower())
    assert frame["children"][-1]["children"][-1]["trouble"] is True
    assert "layer" in json.dumps(of(PUBLISHED).to_dict())


def test_keys_are_never_shown() -> None:
    assert EK.hex() not in repr(KEYS)
    assert repr(EK) not in repr(KEYS)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1-0:1.8.0", "active import energy"),
        ("1-0:2.8.4", "active export energy, rate 4"),
        ("1-0:52.7.0", "voltage L2 instantaneous"),
        ("1-0:71.7.0", "current L3 instantaneous"),
        ("1-0:91.7.0", "neutral current instantaneous"),
        ("1-0:1.6.0*3", "active import maximum demand, billing period 3"),
        ("0-0:1.0.0", "clock"),
        ("0-2:24.2.1", "M-Bus value, channel 2"),
        ("0-0:96.10.2", "status"),
        ("7-0:3.0.0", "gas volume or energy"),
        ("8-0:2.0.0", "cold water"),
        ("1-0:200.200.0", ""),
        ("0-0:200.0.0", ""),
        ("1-0:1.99.0", ""),
    ],
)
def test_obis_codes_in_words(code: str, words: str) -> None:
    assert obis_words(Obis.parse(code)) == words


def test_names_that_are_not_known_stay_numbers() -> None:
    assert (class_name(8), class_name(50), class_name(9999)) == ("8 Clock", "50 S-FSK Phy&MAC setup", "9999")
    assert member_name(9999, 2, "attribute") == ""
    assert member_name(8, 1, "method") == "adjust_to_quarter"
    assert member_name(8, 99, "method") == ""
    assert title_name(b"LGZ\0\0\0\0\x07") == "manufacturer LGZ, number 7"


def test_data_of_a_whole_capture_may_be_printed() -> None:
    assert render(explain(b"")).strip() == "✗ nothing: there are no octets"
