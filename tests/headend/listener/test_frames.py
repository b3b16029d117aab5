"""Octets of callers to APDUs, whatever carries them."""

import pytest

from headend.listener.frames import Frames
from protocols.dlms.general_block import GeneralBlock, decode_general_block
from protocols.dlms.general_block_framing import GeneralBlockFraming
from protocols.errors import ProtocolError
from protocols.gateway import GatewayRouter, Prefix
from protocols.hdlc import Address, Frame
from protocols.hdlc.control import Kind, control
from protocols.mbus import MbusFraming
from protocols.wrapper import WrapperFraming
from tests.protocols.captured_pushes import ISKRA_AM550, KAIFA, LANDIS_E360, LANDIS_E450, LANDIS_E450_CIPHERED

APDU = b"\x0f" + bytes(range(200))


def taken(octets: bytes, *, size: int = 1 << 20, largest: int = 65_536) -> list[bytes]:
    frames = Frames(largest)
    return [pushed.apdu for at in range(0, len(octets), size) for pushed in frames.receive(octets[at : at + size])]


@pytest.mark.parametrize("size", [1, 3, 1 << 20])
@pytest.mark.parametrize("captured", [LANDIS_E450, LANDIS_E450_CIPHERED, LANDIS_E360, ISKRA_AM550, KAIFA])
def test_pushes_of_real_meters_over_hdlc(captured: bytes, size: int) -> None:
    """Blocks and segments among them: one message each, however the stream is cut."""
    once, twice = taken(captured, size=size), taken(captured + captured, size=size)
    assert len(once) == 1
    assert twice == once + once


def test_one_read_may_bring_any_number_of_frames() -> None:
    """A concentrator that sends what it has gathered: more than a framing keeps waiting."""
    octets = WrapperFraming(1, 1).frame(APDU) * 2000
    assert len(octets) > 400_000
    assert taken(octets) == [APDU] * 2000


@pytest.mark.parametrize(
    ("client", "server"),
    [(Address(16), Address(1)), (Address(1, 2, 2), Address(1, 17, 2)), (Address(16), Address(1, 17, 4))],
)
def test_hdlc_addresses_of_all_lengths(client: Address, server: Address) -> None:
    """headend.md §4 row 17."""
    frame = Frame(client, server, control(Kind.UI, poll=False), b"\xe6\xe7\x00" + APDU)
    assert taken(frame.encode()) == [APDU]


@pytest.mark.parametrize("client", [1, 16, 103])
def test_mbus_frames_to_any_access_point(client: int) -> None:
    assert taken(MbusFraming(1, client).frame(APDU * 3)) == [APDU * 3]


def test_blocks_over_the_wrapper() -> None:
    meter = GeneralBlockFraming(WrapperFraming(1, 16), active=False, max_pdu=64)
    assert taken(meter.one_way(APDU), size=5) == [APDU]


def test_a_meter_behind_a_concentrator_is_named_and_answered() -> None:
    frames = Frames(65_536)
    device = Prefix(0, b"\x12\x34")
    line = WrapperFraming(1, 1)
    (pushed,) = frames.receive(GatewayRouter(line).port(device).frame(APDU))
    assert (pushed.apdu, pushed.device) == (APDU, device)
    assert frames.answer(b"\x10", pushed.device)[8:] == device.encode(0xE6) + b"\x10"


def in_blocks(apdu: bytes) -> list[bytes]:
    """The general blocks of an APDU without any frame, 64 octets each, sent without waiting for confirmations."""
    meter = GeneralBlockFraming(WrapperFraming(1, 16), active=False, max_pdu=64)
    line = WrapperFraming(16)
    line.receive_data(meter.one_way(apdu))
    return list(iter(line.next_apdu, None))


def test_blocks_of_two_meters_behind_one_concentrator_are_put_together_for_each() -> None:
    meters = {Prefix(0, b"\x12\x34"): APDU, Prefix(0, b"\x12\x35"): b"\x0f" + bytes(reversed(range(200)))}
    line = WrapperFraming(1, 1)
    mixed = zip(*([(device, block) for block in in_blocks(apdu)] for device, apdu in meters.items()), strict=True)
    octets = b"".join(line.frame(device.encode(0xE7) + block) for pair in mixed for device, block in pair)

    assert {pushed.device: pushed.apdu for pushed in Frames(65_536).receive(octets)} == meters


def test_blocks_behind_a_concentrator_are_confirmed_to_their_meter() -> None:
    frames, device, line = Frames(65_536), Prefix(0, b"\x12\x34"), WrapperFraming(1, 1)
    first = GeneralBlock(1, 0, b"\x0f" + bytes(9), window=1, streaming=False, last=False)
    assert not list(frames.receive(line.frame(device.encode(0xE7) + first.encode())))
    said = frames.outgoing()[8:]
    assert said.startswith(device.encode(0xE6))
    assert decode_general_block(said[len(device.encode(0xE6)) :]).acknowledged == 1


def test_blocks_behind_a_concentrator_are_bounded() -> None:
    line, device = WrapperFraming(1, 1), Prefix(0, b"\x12\x34")
    octets = b"".join(line.frame(device.encode(0xE7) + block) for block in in_blocks(APDU))
    with pytest.raises(ProtocolError):
        taken(octets, largest=150)


def test_who_cannot_be_answered_is_not() -> None:
    frames = Frames(65_536)
    assert list(frames.receive(KAIFA))
    assert frames.answer(b"\x10", None) == b""


@pytest.mark.parametrize("octets", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01" + bytes(20), bytes(20)])
def test_other_protocols_are_hung_up_on(octets: bytes) -> None:
    with pytest.raises(ProtocolError):
        taken(octets)


def test_messages_are_bounded() -> None:
    with pytest.raises(ProtocolError):
        taken(WrapperFraming(1, 1).frame(APDU), largest=100)
