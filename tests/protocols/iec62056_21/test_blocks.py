"""Blocks and their check, octet by octet, among noise, damaged; and data that come unasked (mode D)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.iec62056_21 import DataSet, Identification, Listener, ReadOut, Value
from protocols.iec62056_21.blocks import MAX_BLOCK, BlockBuffer, Command, Damaged, Data, Message, Sign
from protocols.iec62056_21.characters import with_parity
from protocols.iec62056_21.mode_d import MAX_READ_OUT

_PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)
MESSAGES = st.one_of(
    st.builds(Data, _PRINTABLE, st.booleans()),
    st.builds(Command, st.sampled_from(["P1", "R5", "W5", "B0"]), st.one_of(st.none(), _PRINTABLE)),
    st.sampled_from(Sign),
)


def read(octets: bytes, size: int = 0) -> list[Message]:
    """All messages in the octets, received in pieces."""
    buffer, found = BlockBuffer(), []
    step = size or max(len(octets), 1)
    for at in range(0, len(octets), step):
        buffer.receive(octets[at : at + step])
        while (message := buffer.next_message()) is not None:
            found.append(message)
    return found


@given(st.lists(MESSAGES, max_size=8), st.integers(0, 5), st.booleans())
def test_messages_come_back_in_any_pieces(messages: list[Data | Command | Sign], size: int, parity: bool) -> None:
    octets = b"".join(message.encode() for message in messages)
    assert read(with_parity(octets) if parity else octets, size) == messages


@given(MESSAGES.filter(lambda message: not isinstance(message, Sign)), st.data())
def test_any_one_bit_is_noticed(message: Data | Command, data: st.DataObject) -> None:
    """What the check does not see is a block that ends elsewhere: then nothing like the message comes out either."""
    octets = bytearray(message.encode())
    place = data.draw(st.integers(1, len(octets) - 1))
    octets[place] ^= 1 << data.draw(st.integers(0, 6))
    assert message not in read(bytes(octets))


def test_noise_is_passed_over_and_told() -> None:
    buffer = BlockBuffer()
    buffer.receive(b"zzz\r\n")
    assert buffer.next_message() is None
    assert (buffer.noise, buffer.begun) == (True, False)
    buffer.receive(Data("1(2)").encode()[:3])
    assert buffer.next_message() is None
    assert buffer.begun
    buffer.clear()
    assert (buffer.noise, buffer.begun) == (False, False)


def test_a_damaged_block_says_how() -> None:
    octets = Data("1.8.0(1)").encode()
    (damaged,) = read(octets[:-1] + bytes((octets[-1] ^ 1,)))
    assert isinstance(damaged, Damaged)
    assert "11 characters" in damaged.why
    (control,) = read(b"\x02\x1b\x03\x18")
    assert isinstance(control, Damaged)
    (unknown,) = read(b"\x01x\x03\x7b")
    assert isinstance(unknown, Damaged)


def test_blocks_are_bounded() -> None:
    buffer = BlockBuffer()
    buffer.receive(b"\x02" + b"1" * (MAX_BLOCK - 1))
    assert buffer.next_message() is None
    with pytest.raises(RemoteProtocolError) as error:
        buffer.receive(b"11")
    assert error.value.cause is Cause.TOO_LARGE
    assert not buffer.begun


def test_what_is_no_text_is_not_sent() -> None:
    for message in (Data("\x03"), Command("W5", "ä"), Command("R5", "\x02")):
        with pytest.raises(LocalProtocolError) as error:
            message.encode()
        assert error.value.cause is Cause.INVALID_VALUE


SPOKEN = ReadOut(
    Identification("OAM", "3", "", "EC2"),
    (DataSet("1.8.0", (Value("0012.5", "kWh"),)), DataSet("C.1.0", (Value("77"),))),
)


@pytest.mark.parametrize("size", [0, 1, 5])
@pytest.mark.parametrize("parity", [False, True])
def test_a_meter_that_speaks_unasked_is_understood(size: int, parity: bool) -> None:
    octets = b"\x00noise" + SPOKEN.encode() + b"/?!\r\n" + SPOKEN.encode()[:20] + b"\r\n!\r\n" + SPOKEN.encode()
    octets = with_parity(octets) if parity else octets
    listener, found, troubles = Listener(), [], 0
    step = size or len(octets)
    for at in range(0, len(octets), step):
        listener.receive_data(octets[at : at + step])
        for _ in range(4):
            try:
                if (spoken := listener.next_read_out()) is not None:
                    found.append(spoken)
            except RemoteProtocolError:
                troubles += 1
    assert (found, troubles) == ([SPOKEN, SPOKEN], 1)


def test_a_read_out_without_end_is_bounded() -> None:
    listener = Listener()
    with pytest.raises(RemoteProtocolError) as error:
        for _ in range(MAX_READ_OUT):
            listener.receive_data(b"/" * 1000)
    assert error.value.cause is Cause.TOO_LARGE
