"""Sign-on messages as they stand on the line, with and without parity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.iec62056_21 import Identification, Mode, OptionSelect
from protocols.iec62056_21.characters import block_check, strip_parity, with_parity
from protocols.iec62056_21.lines import LineBuffer
from protocols.iec62056_21.messages import (
    best_baud_code,
    decode_identification,
    decode_option,
    decode_request,
    encode_request,
)


def test_octets_of_a_real_sign_on() -> None:
    """Iskraemeco MT372; the confirmation with parity is of a meter on a line of eight bits."""
    assert encode_request().hex() == "2f3f210d0a"
    assert Identification("ISK", "5", "2", "MT372-3107").encode().hex() == "2f49534b355c324d543337322d333130370d0a"
    assert OptionSelect("2", "5", "2").encode().hex() == "063235320d0a"
    assert with_parity(OptionSelect("2", "5", "2").encode()).hex() == "06b235b28d0a"
    assert strip_parity(bytes.fromhex("06b235b28d0a")).hex() == "063235320d0a"


@given(st.binary())
def test_parity_is_even_and_comes_off(octets: bytes) -> None:
    characters = strip_parity(octets)
    assert all(octet.bit_count() % 2 == 0 for octet in with_parity(characters))
    assert strip_parity(with_parity(characters)) == characters


def test_the_block_check() -> None:
    """Mode C password command of the standard: SOH P1 STX (00000000) ETX, behind SOH."""
    assert block_check(b"P1\x02(00000000)\x03") == 0x61


@pytest.mark.parametrize(
    ("line", "identification"),
    [
        (b"/ISK5\\2MT372-3107", Identification("ISK", "5", "2", "MT372-3107")),
        (b"??/VMQ5\\2", Identification("VMQ", "5", "2")),
        (b"/LGz4\\@\\2ZMD310 ", Identification("LGz", "4", "@2", "ZMD310")),
        (b"/EMH5ITZ", Identification("EMH", "5", "", "ITZ")),
        (b"/?12345678!", None),
        (b"\x15", None),
    ],
)
def test_identifications(line: bytes, identification: Identification | None) -> None:
    assert decode_identification(line) == identification
    if identification is not None:
        assert decode_identification(identification.encode().rstrip()) == identification
        assert identification.offers_hdlc is (b"\\2" in line)


@pytest.mark.parametrize("line", [b"/IS", b"/1235\\2", b"/ISK!", b"/ISK5\\"])
def test_a_damaged_identification_is_named(line: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_identification(line)
    assert error.value.cause is Cause.GARBAGE


def test_requests() -> None:
    assert decode_request(b"\x00\x00/?00012345!") == "00012345"
    assert decode_request(encode_request()) == ""
    assert decode_request(b"/?(x)!") is None
    with pytest.raises(LocalProtocolError) as error:
        encode_request("!")
    assert error.value.cause is Cause.INVALID_VALUE


def test_options() -> None:
    assert decode_option(b"\x06050") == OptionSelect("0", "5", "0")
    assert decode_option(b"\x06") is None


@pytest.mark.parametrize(
    ("offered", "most", "code"),
    [("5", None, "5"), ("6", 9600, "5"), ("4", 300, "0"), ("6", 100, "0"), ("A", None, "0")],
)
def test_the_best_rate_both_can(offered: str, most: int | None, code: str) -> None:
    assert best_baud_code(offered, most) == code


def test_lines_are_cut_and_noise_is_forgotten() -> None:
    lines = LineBuffer()
    lines.receive(b"one\r\ntw")
    assert lines.next_line() == b"one"
    assert lines.next_line() is None
    lines.receive(with_parity(b"o\r\n") + b"rest")
    assert lines.next_line() == b"two"
    assert lines.take() == b"rest"
    for _ in range(3):
        lines.receive(bytes(5000))
    assert len(lines.take()) == 4096
    lines.receive(bytes(5000))
    assert lines.next_line() is None
    assert len(lines.take()) == 256


@pytest.mark.parametrize("line", [b"/ISK5\\2MT\x96", b"/ISK5\\\xb2MT372"])
def test_an_identification_with_octets_that_are_no_characters_is_garbage(line: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_identification(line)
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize("line", [b"\x06\xed52", b"\x062\x802", b"\x0625\x00"])
def test_an_option_with_octets_that_are_no_characters_is_none(line: bytes) -> None:
    assert decode_option(line) is None


@pytest.mark.parametrize(("code", "mode", "rate"), [("5", Mode.C, 300), ("E", Mode.B, 9600), ("X", Mode.A, 300)])
def test_the_rate_identification_tells_the_mode(code: str, mode: Mode, rate: int) -> None:
    who = Identification("ISK", code)
    assert (who.mode, who.rate_taken) == (mode, rate)
    assert decode_identification(who.encode().rstrip()) == who


def test_a_reserved_rate_of_mode_b_is_not_guessed() -> None:
    with pytest.raises(RemoteProtocolError) as error:
        _ = Identification("ISK", "H").rate_taken
    assert error.value.cause is Cause.UNSUPPORTED
