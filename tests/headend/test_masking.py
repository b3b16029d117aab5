"""Passwords never reach what is kept: in an AARQ, over HDLC and cut by it, in commands with and without parity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headend.masking import masked
from headend.recording import LIMIT, Recorder, Recording, unpacked
from protocols.explain import explain
from protocols.hdlc import Address, Frame, decode_frame
from protocols.hdlc.control import CONTROLS
from protocols.iec62056_21.blocks import BlockBuffer, Command
from protocols.iec62056_21.characters import with_parity

PASSWORD = b"12345678"
SAID = b"\x60\x36\xac\x0a\x80\x08" + PASSWORD + b"\xbe\x10"
INFORMATION = CONTROLS[0x10]


def _frame(information: bytes, *, segmented: bool = False) -> bytes:
    return Frame(Address(1), Address(16), INFORMATION, information, segmented).encode()


def test_a_password_in_clear_is_masked_and_everything_else_stays() -> None:
    shown = masked(SAID, [PASSWORD])
    assert shown == SAID.replace(PASSWORD, b"*" * 8)
    assert masked(SAID, []) == masked(SAID, [b""]) == SAID


def test_a_checksum_does_not_tell_what_was_masked() -> None:
    other = b"87654321"
    kept = masked(_frame(SAID), [PASSWORD])
    assert kept == masked(_frame(SAID.replace(PASSWORD, other)), [other])
    assert decode_frame(kept).information == SAID.replace(PASSWORD, b"*" * 8)


@pytest.mark.parametrize("cut", range(1, len(PASSWORD)))
def test_a_password_cut_by_the_line_is_masked(cut: int) -> None:
    at = SAID.index(PASSWORD) + cut
    first, rest = _frame(SAID[:at], segmented=True), _frame(SAID[at:])
    recorder = Recorder()
    recorder(True, first)
    recorder(False, b"~")
    recorder(True, rest)
    one, _, two = recorder.recording([PASSWORD]).pieces
    assert decode_frame(one.octets).information == SAID[: at - cut] + b"*" * cut
    assert decode_frame(two.octets).information == b"*" * (8 - cut) + SAID[at - cut + 8 :]


@pytest.mark.parametrize("code", ["P1", "P2"])
@pytest.mark.parametrize("parity", [False, True])
def test_the_password_of_a_command_is_masked_by_its_form(code: str, parity: bool) -> None:
    """Also one that nobody knows any more: its block check is that of the asterisks."""
    octets = Command(code, "(ABCD1234)").encode()
    said = b"/?!\r\n" + (with_parity(octets) if parity else octets) + b"\x06"
    kept = masked(said, [])
    due = Command(code, "(********)").encode()
    assert kept == b"/?!\r\n" + (with_parity(due) if parity else due) + b"\x06"
    buffer = BlockBuffer()
    buffer.receive(kept[5:])
    assert buffer.next_message() == Command(code, "(********)")


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=16))
def test_what_is_masked_is_as_long_as_before_and_without_the_secret(octets: bytes, secret: bytes) -> None:
    said = octets + secret + octets
    kept = masked(said, [secret])
    assert len(kept) == len(said)
    assert secret not in kept or set(secret) == {ord("*")}


def test_frames_are_explained_as_if_they_had_been_said_so() -> None:
    tree = explain(masked(_frame(b"\xe6\xe6\x00\xc0\x01\xc1\x00\x08\x00\x00\x01\x00\x00\xff\x02\x00"), [b"\x00\x08"]))
    assert "wrong" not in " ".join(node.meaning for node in tree.walk() if node.name in {"FCS", "HCS"})


def test_what_is_kept_is_bounded_and_says_when_it_was_cut() -> None:
    recorder = Recorder()
    for _ in range(2 * LIMIT):
        recorder(False, b"x")
    recording = recorder.recording([])
    assert recording.cut
    assert len(recording.pack()) <= LIMIT
    recorder(True, b"late")
    assert recorder.recording([]).size == recording.size


def test_a_recording_survives_its_row() -> None:
    recorder = Recorder()
    recorder(True, b"question")
    recorder(False, b"answer")
    recording = recorder.recording([])
    assert unpacked(recording.pack(), cut=False) == recording
    assert unpacked(b"", cut=True) == Recording((), True)
