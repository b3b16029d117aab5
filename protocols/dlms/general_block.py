"""The general-block-transfer APDU (Green Book 9.4.6.13): one piece of any other APDU, ciphered or not.

    E0 ‖ block-control ‖ block-number(2) ‖ block-number-ack(2) ‖ length ‖ block-data

Block-control: 80 the sender's last block with data, 40 streaming (more blocks follow without waiting), 3F how many
blocks the sender of this APDU is ready to receive before it confirms.
"""

import struct
from dataclasses import dataclass

from protocols.dlms.axdr import encode_length, octets
from protocols.errors import Cause, LocalProtocolError, garbage

TAG = 0xE0
MAX_WINDOW = 63
MAX_NUMBER = 0xFFFF
_LAST, _STREAMING = 0x80, 0x40
_HEAD = struct.Struct(">BBHH")


@dataclass(frozen=True, slots=True)
class GeneralBlock:
    """One block. `number` counts every block of one side from 1, the empty ones that only confirm included.

    `acknowledged` is the last block of the peer before which none is missing; number 0 breaks the transfer off.
    """

    number: int
    acknowledged: int
    data: bytes = b""
    last: bool = False
    streaming: bool = False
    window: int = 0

    def encode(self) -> bytes:
        """The octets of the APDU."""
        control = self.last * _LAST | self.streaming * _STREAMING | self.window
        return _HEAD.pack(TAG, control, self.number, self.acknowledged) + encode_length(len(self.data)) + self.data


ABORT = GeneralBlock(0, 0, last=True)
"""Ends a transfer before its time."""


def decode_general_block(apdu: bytes) -> GeneralBlock:
    """The block in an APDU that begins with E0. RemoteProtocolError (GARBAGE) when it is cut or too long."""
    if len(apdu) <= _HEAD.size:
        raise garbage(f"a general block of {len(apdu)} octets")
    _, control, number, acknowledged = _HEAD.unpack_from(apdu)
    data, end = octets(apdu, _HEAD.size)
    if end != len(apdu):
        raise garbage("octets left over after a general block")
    return GeneralBlock(
        number, acknowledged, data, bool(control & _LAST), bool(control & _STREAMING), control & MAX_WINDOW
    )


def block_size(max_pdu: int) -> int:
    """How many octets of data a block may hold so that its APDU has at most `max_pdu` octets.

    LocalProtocolError (TOO_LARGE) when not even one fits.
    """
    room = max_pdu - _HEAD.size
    size = max(min(room - 1, 0x7F), min(room - 2, 0xFF), min(room - 3, 0xFFFF))
    if size < 1:
        raise LocalProtocolError(Cause.TOO_LARGE, f"no block fits an APDU of {max_pdu} octets")
    return size
