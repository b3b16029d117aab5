"""The table of transports: the framings of both ends, and what the line between them does to the octets."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from protocols.dlms.general_block import TAG as BLOCK
from protocols.dlms.general_block import decode_general_block
from protocols.framing import Framing
from protocols.hdlc import HdlcFraming, HdlcSettings, LinkLimits
from protocols.iec62056_21 import Identification, ModeE, ModeEMeter
from protocols.wrapper import HEADER_SIZE, WrapperDatagrams, WrapperFraming, split_frames
from tests.protocols.hdlc.line import frames_of
from tests.protocols.security.parties import CLIENT

METER = 1
PHYSICAL = 17
RETRIES = 40
"""Patience on lines that lose something; a good line is never repeated on."""
FLAG = b"\x7e"

Ends = Callable[[], tuple[Framing, Framing]]
Pieces = Callable[[bytes], list[bytes]]
Fate = Callable[[random.Random, bytes], list[bytes]]


@dataclass(frozen=True)
class Transport:
    """`pieces` cuts octets sent into what the line carries one by one; `fate` is what arrives of such a piece.

    `window` above 0 agrees on general block transfer. `datagrams` may come twice, and where they are not `acknowledged`
    by anybody they may be lost for good.
    """

    name: str
    ends: Ends
    pieces: Pieces = lambda octets: [octets]
    fate: Fate = lambda _, piece: [piece]
    window: int = 0
    gateway: bool = False
    datagrams: bool = False
    acknowledged: bool = True


def _stream() -> tuple[Framing, Framing]:
    return WrapperFraming(CLIENT, METER), WrapperFraming(METER)


def _datagrams() -> tuple[Framing, Framing]:
    return WrapperDatagrams(CLIENT, METER, retries=RETRIES), WrapperDatagrams(METER)


def _hdlc(limits: LinkLimits = LinkLimits(), *, retries: int = 3) -> Ends:  # noqa: B008  frozen
    settings = HdlcSettings(limits, retries=retries)

    def ends() -> tuple[Framing, Framing]:
        client = HdlcFraming.client(CLIENT, METER, PHYSICAL, settings)
        return client, HdlcFraming.server({METER}, PHYSICAL, settings)

    return ends


def _mode_e() -> tuple[Framing, Framing]:
    client, server = HdlcFraming.client(CLIENT, METER, PHYSICAL), HdlcFraming.server({METER}, PHYSICAL)
    return ModeE(client), ModeEMeter(server, Identification("LGZ", "5", "2", "E450"))


def _frames(octets: bytes) -> list[bytes]:
    """HDLC frames; lines of the sign-on stay together."""
    return frames_of(octets) if octets[:1] == FLAG else [octets]


def _octets(octets: bytes) -> list[bytes]:
    return [octets[i : i + 1] for i in range(len(octets))]


def _lost_or_doubled(chance: random.Random, datagram: bytes) -> list[bytes]:
    fate = chance.random()
    return [] if fate < 0.1 else [datagram] * (2 if fate > 0.9 else 1)


def _lost_block(chance: random.Random, frame: bytes) -> list[bytes]:
    """One general block in ten is lost, but no first one: nothing of an answer would be there that could be missed."""
    apdu = frame[HEADER_SIZE:]
    return [] if apdu[0] == BLOCK and decode_general_block(apdu).number > 1 and chance.random() < 0.1 else [frame]


def _noise(chance: random.Random, frame: bytes) -> list[bytes]:
    """One frame in twenty loses its end or has one octet changed."""
    if chance.random() > 0.05:
        return [frame]
    at = chance.randrange(1, len(frame) - 1)
    return [frame[:at] if chance.random() < 0.5 else frame[:at] + bytes((frame[at] ^ 0x55,)) + frame[at + 1 :]]


TRANSPORTS: tuple[Transport, ...] = (
    Transport("TCP", _stream),
    Transport("octets", _stream, _octets),
    Transport("UDP", _datagrams, split_frames, datagrams=True),
    Transport("UDP loss", _datagrams, split_frames, _lost_or_doubled, datagrams=True, acknowledged=False),
    Transport("HDLC", _hdlc(), _frames),
    Transport("HDLC 64x3", _hdlc(LinkLimits(64, 64, 3, 3)), _frames),
    Transport("HDLC noise", _hdlc(LinkLimits(128, 128, 3, 3), retries=RETRIES), _frames, _noise),
    Transport("mode E", _mode_e, _frames),
    Transport("gw TCP", _stream, gateway=True),
    Transport("gw HDLC", _hdlc(), _frames, gateway=True),
    Transport("GBT 1", _stream, split_frames, window=1),
    Transport("GBT 6", _stream, split_frames, window=6),
    Transport("GBT 1 loss", _stream, split_frames, _lost_block, window=1),
    Transport("GBT 6 loss", _stream, split_frames, _lost_block, window=6),
)
