"""DLMS over M-Bus: frames octet by octet, messages in segments, noise, damage and loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, LocalProtocolError, ProtocolError, RemoteProtocolError
from protocols.mbus import MbusFraming
from protocols.mbus.frame import MAX_DATA, MbusFrame, decode_frame
from protocols.mbus.framing import MAX_APDU, MAX_UNREAD
from tests.protocols.mbus.published import PUSH

METER, READER = 1, 103


def apdus(framing: MbusFraming, octets: bytes) -> list[bytes]:
    framing.receive_data(octets)
    found = []
    while (apdu := framing.next_apdu()) is not None:
        found.append(apdu)
    return found


def sent(apdu: bytes) -> bytes:
    return MbusFraming(METER, READER).frame(apdu)


def test_the_octets_of_a_push() -> None:
    """The heads that meters of Austria send: C 53, A FF, CI 00 and 11, source 01, destination 67."""
    octets = sent(bytes(300))
    assert octets[:9] == bytes.fromhex("68FFFF6853FF000167")
    assert octets[261:270] == bytes.fromhex("6837376853FF110167")
    assert octets[-2:] == bytes(((0x53 + 0xFF + 0x11 + 0x01 + 0x67) & 0xFF, 0x16))


@given(st.binary(min_size=1, max_size=MAX_APDU), st.integers(1, 700))
def test_round_trip_in_pieces_of_any_size(apdu: bytes, size: int) -> None:
    framing, octets = MbusFraming(READER), sent(apdu)
    found: list[bytes] = []
    for start in range(0, len(octets), size):
        found += apdus(framing, octets[start : start + size])
    assert found == [apdu]
    assert (framing.peer, framing.dropped, framing.lost) == (METER, 0, 0)


def test_noise_and_damage_cost_only_their_message() -> None:
    framing, good = MbusFraming(READER), sent(b"good")
    bad = bytearray(sent(bytes(300)))
    bad[100] ^= 1
    assert apdus(framing, b"\x68\x01\xe5" + bytes(bad) + b"\x68\x68" + good) == [b"good"]
    assert framing.lost == 1
    assert framing.dropped > 200


def test_a_lost_first_or_last_segment() -> None:
    framing, octets = MbusFraming(READER), sent(bytes(300))
    first, second = octets[:261], octets[261:]
    assert apdus(framing, second) == []
    assert apdus(framing, first + first + second) == [bytes(300)]
    assert framing.lost == 2


def test_a_message_that_never_ends_is_given_up() -> None:
    framing = MbusFraming(READER)
    endless = b"".join(MbusFrame(b"x", number % 16, False, METER, READER).encode() for number in range(40))
    assert apdus(framing, endless) == []
    assert framing.lost >= 2
    assert apdus(framing, sent(b"good")) == [b"good"]


def test_frames_of_others_are_passed_over() -> None:
    assert apdus(MbusFraming(104), sent(b"x")) == []
    assert apdus(MbusFraming(READER, peer=2), sent(b"x")) == []
    assert apdus(MbusFraming(READER, peer=METER), sent(b"x")) == [b"x"]


def test_an_empty_message_is_none() -> None:
    assert apdus(MbusFraming(READER), sent(b"")) == []


def test_what_cannot_be_sent() -> None:
    with pytest.raises(LocalProtocolError) as error:
        MbusFraming(METER).frame(b"x")
    assert error.value.cause is Cause.UNEXPECTED
    with pytest.raises(LocalProtocolError) as error:
        sent(bytes(MAX_APDU + 1))
    assert error.value.cause is Cause.TOO_LARGE
    with pytest.raises(LocalProtocolError, match="do not fit one M-Bus frame"):
        MbusFrame(bytes(MAX_DATA + 1), 0, True, METER, READER).encode()


def test_a_flood_is_refused() -> None:
    framing = MbusFraming(READER)
    with pytest.raises(RemoteProtocolError) as error:
        framing.receive_data(bytes(MAX_UNREAD + 1))
    assert error.value.cause is Cause.TOO_LARGE
    assert apdus(framing, sent(b"good")) == [b"good"]


def test_nothing_is_set_up_or_repeated() -> None:
    framing = MbusFraming(READER)
    assert framing.is_open
    assert (framing.open(), framing.close(), framing.outgoing(), framing.repeat()) == (b"",) * 4


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        ("6805", "68 L L 68"),
        ("680506680102001122AE16", "68 L L 68"),
        ("68050568010200112216", "does not end with 16"),
        ("6805056801020011220016", "wrong checksum 0x00, 0x36 is due"),
        ("6805056801027211 22A816", "CI 0x72 is not"),
    ],
)
def test_what_is_no_frame(octets: str, said: str) -> None:
    with pytest.raises(RemoteProtocolError, match=said) as error:
        decode_frame(bytes.fromhex(octets))
    assert error.value.cause is Cause.GARBAGE


@given(st.lists(st.binary(max_size=40) | st.just(sent(b"abc")) | st.just(b"\x68\x05\x05\x68"), max_size=20))
def test_any_octets_are_dropped_or_joined(pieces: list[bytes]) -> None:
    framing = MbusFraming(READER)
    try:
        for piece in pieces:
            apdus(framing, piece)
    except ProtocolError as error:
        assert error.cause is Cause.TOO_LARGE
    assert framing.dropped <= sum(map(len, pieces))


def test_the_published_push() -> None:
    framing = MbusFraming(READER)
    (apdu,) = apdus(framing, PUSH)
    assert (framing.peer, framing.dropped, len(apdu)) == (METER, 0, 0xF8 + 12)
    assert apdu[:10] == bytes.fromhex("DB084B464D6750000009")
    assert MbusFraming(METER, READER, max_data=245).frame(apdu) == PUSH


def test_who_answers_is_learned_from_the_sender() -> None:
    framing = MbusFraming(READER)
    apdus(framing, sent(b"ask"))
    assert apdus(MbusFraming(METER), framing.frame(b"answer")) == [b"answer"]
