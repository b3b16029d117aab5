"""Streams cut anywhere, with noise, shared flags and damage: good frames come out, everything else is counted."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, RemoteProtocolError
from protocols.hdlc import Address, Frame
from protocols.hdlc.control import Kind, control
from protocols.hdlc.deframer import MAX_UNREAD, Deframer, LineCounts


def frame(information: bytes) -> Frame:
    return Frame(Address(1, 17, 2), Address(16), control(Kind.UI, poll=False), information)


def drain(deframer: Deframer) -> list[bytes]:
    return [frame.information for frame in iter(deframer.next_frame, None)]


def received(stream: bytes, size: int = 0) -> tuple[list[bytes], LineCounts]:
    deframer = Deframer(LineCounts())
    found: list[bytes] = []
    step = size or len(stream) or 1
    for start in range(0, len(stream), step):
        deframer.receive(stream[start : start + step])
        found += drain(deframer)
    return found, deframer.counts


INFORMATION = st.lists(st.binary(max_size=60), min_size=1, max_size=6)


@given(INFORMATION, st.integers(1, 12), st.booleans())
def test_any_cut_gives_the_same_frames(parts: list[bytes], size: int, shared: bool) -> None:
    frames = [frame(part).encode() for part in parts]
    stream = b"~" + b"".join(octets[1:] for octets in frames) if shared else b"".join(frames)
    found, counts = received(stream, size)
    assert found == parts
    assert counts == LineCounts(frames=len(parts))


def test_flags_inside_a_frame_are_data() -> None:
    inner = frame(b"~inner~").encode()
    assert received(frame(inner * 3).encode(), 1)[0] == [inner * 3]


NOISE = st.binary(max_size=20).map(lambda noise: noise.replace(b"~", b"-"))
BEGINNINGS = ("", "7e7e", "a7ff", "a7ff022321130000", "a0017e", "a84002020202")


@given(INFORMATION, st.lists(NOISE, min_size=7, max_size=7))
def test_noise_between_frames_is_counted(parts: list[bytes], noise: list[bytes]) -> None:
    stream = noise[6] + b"".join(frame(part).encode() + noise[place] for place, part in enumerate(parts))
    found, counts = received(stream)
    assert found == parts
    assert counts.frames == len(parts)
    assert counts.noise <= sum(map(len, noise)) + 1


@pytest.mark.parametrize("noise", BEGINNINGS)
def test_noise_that_looks_like_a_beginning_is_not_waited_for(noise: str) -> None:
    good = frame(b"good").encode()
    assert received(b"~" + bytes.fromhex(noise) + good + good)[0] == [b"good", b"good"]


@pytest.mark.parametrize("lost", range(1, 30))
def test_after_a_cut_frame_the_next_ones_are_found(lost: int) -> None:
    """The rest of a cut frame is taken from what follows; that is looked through again when the check fails."""
    cut, good = frame(bytes(40)).encode()[:-lost], frame(b"good").encode()
    found, counts = received(cut + 3 * good)
    assert found[-2:] == [b"good", b"good"]
    assert counts.damaged == (0 if lost == 1 else 1)


def test_a_cut_frame_is_given_up_on_demand() -> None:
    deframer = Deframer(LineCounts())
    good = frame(b"good").encode()
    deframer.receive(frame(bytes(400)).encode()[:100] + good)
    assert drain(deframer) == []
    deframer.abandon()
    assert drain(deframer) == [b"good"]
    assert deframer.counts == LineCounts(frames=1, damaged=1, noise=deframer.counts.noise)
    deframer.abandon()
    assert deframer.counts.damaged == 1


def test_a_wrong_check_costs_one_frame() -> None:
    bad = bytearray(frame(b"information").encode())
    bad[-4] ^= 1
    found, counts = received(frame(b"first").encode() + bad + frame(b"last").encode())
    assert found == [b"first", b"last"]
    assert counts.damaged == 1


def test_a_flood_is_refused() -> None:
    deframer = Deframer(LineCounts())
    deframer.receive(bytes(MAX_UNREAD))
    with pytest.raises(RemoteProtocolError) as error:
        deframer.receive(b"x")
    assert error.value.cause is Cause.TOO_LARGE
    assert deframer.next_frame() is None
    deframer.receive(frame(b"good").encode())
    assert drain(deframer) == [b"good"]


def test_random_streams_end_soon_and_keep_the_good_frames() -> None:
    rng = random.Random(62056)
    good = frame(b"good").encode()
    for _ in range(300):
        noise = bytes(rng.choice((0x7E, 0xA0, 0xA7, 0x03, 0x21, rng.randrange(256))) for _ in range(rng.randrange(200)))
        found, counts = received(noise + good * 300, rng.randrange(1, 400))
        assert found.count(b"good") >= 150
        assert counts.frames == len(found)
