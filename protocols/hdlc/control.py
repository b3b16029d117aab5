"""The control field of HDLC (IEC 62056-46 6.4.3.3): the kind of frame, its numbers and its poll/final bit.

REJ is not among the frames of the standard; it is understood when it comes and never sent.
"""

from enum import Enum
from typing import NamedTuple

MODULUS = 8
_POLL = 0x10


class Kind(Enum):
    """Frame types by their English abbreviation in ISO/IEC 13239."""

    I = "I"  # noqa: E741 the name of the standard
    RR = "RR"
    RNR = "RNR"
    REJ = "REJ"
    SNRM = "SNRM"
    DISC = "DISC"
    UA = "UA"
    DM = "DM"
    FRMR = "FRMR"
    UI = "UI"
    UNKNOWN = "unknown"


_SUPERVISORY = {0x01: Kind.RR, 0x05: Kind.RNR, 0x09: Kind.REJ}
_UNNUMBERED = {0x83: Kind.SNRM, 0x43: Kind.DISC, 0x63: Kind.UA, 0x0F: Kind.DM, 0x87: Kind.FRMR, 0x03: Kind.UI}
_OCTETS = {kind: octet for octet, kind in (_SUPERVISORY | _UNNUMBERED).items()} | {Kind.I: 0}


class Control(NamedTuple):
    """A decoded control field; `poll` is P from a client, F from a server. Numbers are 0 where the kind has none."""

    octet: int
    kind: Kind
    poll: bool
    send_number: int
    receive_number: int

    def __str__(self) -> str:
        if self.kind is Kind.UNKNOWN:
            return f"control {self.octet:#04x}"
        numbers = f" N(S)={self.send_number}" if self.kind is Kind.I else ""
        if self.kind is Kind.I or self.kind in _SUPERVISORY.values():
            numbers += f" N(R)={self.receive_number}"
        return f"{self.kind.value}{numbers}{' P/F' if self.poll else ''}"


def _decoded(octet: int) -> Control:
    poll = bool(octet & _POLL)
    if not octet & 1:
        return Control(octet, Kind.I, poll, octet >> 1 & 7, octet >> 5)
    if octet & 3 == 1:
        return Control(octet, _SUPERVISORY.get(octet & 0x0F, Kind.UNKNOWN), poll, 0, octet >> 5)
    return Control(octet, _UNNUMBERED.get(octet & ~_POLL, Kind.UNKNOWN), poll, 0, 0)


CONTROLS = tuple(_decoded(octet) for octet in range(256))
"""The meaning of every octet."""


def control(kind: Kind, *, poll: bool, send_number: int = 0, receive_number: int = 0) -> Control:
    """The control field of a frame to send."""
    return CONTROLS[_OCTETS[kind] | poll << 4 | send_number << 1 | receive_number << 5]
