"""Wrapper framing: any cut of the stream gives the same frames; a bad header is final and named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.wrapper import WrapperFraming

APDUS = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5)


def drain(framing: WrapperFraming) -> list[bytes]:
    return list(iter(framing.next_apdu, None))


def test_the_header_of_the_standard() -> None:
    assert WrapperFraming(16, 1).frame(b"\xc0\x01").hex() == "0001001000010002c001"


@given(APDUS, st.integers(1, 12))
def test_any_cut_gives_the_same_frames(apdus: list[bytes], size: int) -> None:
    sender, receiver = WrapperFraming(1, 1), WrapperFraming(1)
    stream = b"".join(map(sender.frame, apdus))
    received: list[bytes] = []
    for start in range(0, len(stream), size):
        receiver.receive_data(stream[start : start + size])
        received += drain(receiver)
    assert received == apdus
    assert receiver.pending == 0


def test_a_server_answers_the_port_that_asked() -> None:
    server = WrapperFraming(1)
    with pytest.raises(LocalProtocolError):
        server.frame(b"x")
    for port in (16, 2):
        server.receive_data(WrapperFraming(port, 1).frame(b"x"))
        assert server.next_apdu() == b"x"
        assert server.frame(b"y") == WrapperFraming(1, port).frame(b"y")


@pytest.mark.parametrize(
    "header",
    ["0002000100010001", "0001000100010000", "00010001000100ff", "0001000900010001", "0001000100020001"],
    ids=["version", "no octets", "too long", "other sender", "other receiver"],
)
def test_a_bad_header_is_final(header: str) -> None:
    framing = WrapperFraming(1, 1, max_apdu=128)
    framing.receive_data(bytes.fromhex(header) + b"\xc0")
    for _ in range(2):
        with pytest.raises(RemoteProtocolError) as error:
            framing.next_apdu()
        assert error.value.cause is Cause.GARBAGE
        framing.receive_data(WrapperFraming(1, 1).frame(b"good"))


def test_a_flood_is_refused() -> None:
    framing = WrapperFraming(1)
    framing.receive_data(bytes(100_000))
    with pytest.raises(RemoteProtocolError) as error:
        framing.receive_data(bytes(100_000))
    assert error.value.cause is Cause.TOO_LARGE


def test_an_apdu_too_long_for_the_frame_is_our_error() -> None:
    with pytest.raises(LocalProtocolError):
        WrapperFraming(1, 1).frame(bytes(65_536))


def test_tcp_sets_up_ends_and_repeats_by_itself() -> None:
    framing = WrapperFraming(1, 1)
    assert framing.is_open
    assert (framing.open(), framing.close(), framing.outgoing(), framing.repeat(), framing.give_turn()) == (b"",) * 5
