"""Random frames with good checks, and random octets, at both ends in any state: only errors of the library come out."""

import random
from collections.abc import Callable

import pytest

from protocols.errors import ProtocolError
from protocols.hdlc import Address, Frame, HdlcFraming, HdlcSettings, LinkLimits, decode_frame
from protocols.hdlc.client_link import ClientLink
from protocols.hdlc.control import CONTROLS
from protocols.hdlc.server_link import ServerLink
from protocols.iec62056_21 import Identification, ModeE, ModeEMeter

End = HdlcFraming[ClientLink] | HdlcFraming[ServerLink] | ModeE | ModeEMeter
LIMITS = HdlcSettings(LinkLimits(40, 40, 3, 3), max_message=500)
CLIENTS, SERVERS = (Address(16), Address(16), Address(1)), (Address(1, 17, 2), Address(1, 17, 2), Address(0x7F))
TEXTS = (b"/?!\r\n", b"/ISK5\\2MT372\r\n", b"\x06252\r\n", b"/", b"\r\n")
ROUNDS = 3000


def client() -> End:
    return HdlcFraming.client(16, 1, 17, LIMITS)


def server() -> End:
    return HdlcFraming.server({1}, 17, LIMITS)


def reader() -> End:
    return ModeE(HdlcFraming.client(16, 1, 17, LIMITS))


def meter() -> End:
    return ModeEMeter(HdlcFraming.server({1}, 17, LIMITS), Identification("ISK", "5", "2"))


def information(rng: random.Random) -> bytes:
    head = rng.choice((b"", b"\xe6\xe6\x00", b"\xe6\xe7\x00", b"\x81\x80", bytes.fromhex("818014050201000602010007")))
    return head + rng.randbytes(rng.choice((0, 0, 1, 10, 60)))


def octets(rng: random.Random) -> bytes:
    """A frame between the two, or text, at times damaged."""
    if rng.random() < 0.1:
        return rng.choice(TEXTS)
    ends = rng.choice(CLIENTS), rng.choice(SERVERS)
    to, source = ends if rng.random() < 0.5 else ends[::-1]
    frame = Frame(
        to, source, CONTROLS[rng.choice((0x93, 0x73, 0x10, 0x30, 0x11, rng.randrange(256)))], information(rng)
    )
    out = bytearray(frame.encode())
    if rng.random() < 0.2:
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out[: rng.randrange(len(out))] if rng.random() < 0.1 else out)


def act(end: End, rng: random.Random) -> bytes:
    """One thing that a caller or the line may do."""
    match rng.randrange(8):
        case 0:
            return end.frame(rng.randbytes(rng.randrange(1, 150)))
        case 1:
            return end.repeat()
        case 2:
            return end.open() if rng.random() < 0.3 else end.close() if rng.random() < 0.3 else b""
        case _:
            end.receive_data(octets(rng))
            apdu = end.next_apdu()
            assert apdu is None or 0 < len(apdu) <= LIMITS.max_message
            return end.outgoing()


@pytest.mark.parametrize("make", [client, server, reader, meter])
@pytest.mark.parametrize("seed", range(3))
def test_any_frames_in_any_state(make: Callable[[], End], seed: int) -> None:
    rng = random.Random(seed)
    end = make()
    refused = 0
    for _ in range(ROUNDS):
        try:
            assert len(act(end, rng)) < 2000
        except ProtocolError:
            refused += 1
    assert 0 < refused < ROUNDS


def test_any_octets_as_a_frame() -> None:
    rng = random.Random(7)
    refused = 0
    for _ in range(ROUNDS):
        try:
            decode_frame(octets(rng) if rng.random() < 0.8 else rng.randbytes(rng.randrange(30)))
        except ProtocolError:
            refused += 1
    assert 0 < refused < ROUNDS
