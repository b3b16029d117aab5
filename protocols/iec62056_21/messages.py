"""The sign-on messages of IEC 62056-21 (clause 6.3), without parity."""

import re
from dataclasses import dataclass
from enum import Enum

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage
from protocols.iec62056_21.characters import ACK, BAUD_RATES, BAUD_RATES_B, END, FIRST_RATE

HDLC = "2"
"""What stands for HDLC: as a mode in the identification, as protocol and as mode control in the option select."""

_ADDRESS = re.compile(r"[0-9A-Za-z ]{0,32}")
_REQUEST = re.compile(rb"/\?([0-9A-Za-z ]{0,32})!")
_IDENTIFICATION = re.compile(rb"/([A-Za-z]{3})([^/!\\\x00-\x1f\x7f-\xff])((?:\\[ -~])*)([^\\/!\x80-\xff]{0,32})")
_OPTION = re.compile(rb"\x06([ -~])([ -~])([ -~])")


class Mode(Enum):
    """How a conversation goes on after the identification; mode E is the choice of HDLC within mode C.

    A: the meter sends its data at 300 baud. B: it does so at a rate it has named. C: the reader chooses rate and what
    follows. D, in which a meter speaks unasked, knows no request and is told apart by its listener (`mode_d`).
    """

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Identification:
    """Who a meter is and what it offers: `modes` are the characters W of its escape sequences `\\W`."""

    manufacturer: str
    baud_code: str
    modes: str = ""
    text: str = ""

    @property
    def mode(self) -> Mode:
        """What the baud rate identification says: a digit is mode C, a letter from A to I mode B, all else mode A."""
        if self.baud_code in "0123456789":
            return Mode.C
        return Mode.B if self.baud_code in "ABCDEFGHI" else Mode.A

    @property
    def rate_taken(self) -> int:
        """The rate in baud a meter goes on with by itself; RemoteProtocolError (UNSUPPORTED) for a reserved code."""
        if self.mode is not Mode.B:
            return FIRST_RATE
        if self.baud_code not in BAUD_RATES_B:
            raise RemoteProtocolError(Cause.UNSUPPORTED, f"baud rate identification {self.baud_code} is reserved")
        return BAUD_RATES_B[self.baud_code]

    @property
    def offers_hdlc(self) -> bool:
        """Whether mode E leads to HDLC."""
        return HDLC in self.modes

    def encode(self) -> bytes:
        """The identification message."""
        escapes = "".join(f"\\{mode}" for mode in self.modes)
        return f"/{self.manufacturer}{self.baud_code}{escapes}{self.text}".encode("ascii") + END


@dataclass(frozen=True, slots=True)
class OptionSelect:
    """ACK V Z Y: protocol, baud rate and mode that a reader chooses and a meter confirms."""

    protocol: str
    baud_code: str
    mode: str

    def encode(self) -> bytes:
        """The acknowledgement message."""
        return bytes((ACK,)) + f"{self.protocol}{self.baud_code}{self.mode}".encode("ascii") + END


def encode_request(address: str = "") -> bytes:
    """The request message; leading zeros of a device address mean nothing.

    LocalProtocolError (INVALID_VALUE) for more than 32 characters or others than letters, digits and spaces.
    """
    if not _ADDRESS.fullmatch(address):
        raise LocalProtocolError(Cause.INVALID_VALUE, f"{address!r} is no device address of IEC 62056-21")
    return f"/?{address}!".encode("ascii") + END


def decode_request(line: bytes) -> str | None:
    """The device address in a request message, "" when every meter is meant; None when the line is no such message."""
    found = _REQUEST.search(line)
    return found and found[1].decode("ascii")


def decode_identification(line: bytes) -> Identification | None:
    """The identification in a line, None when there is none: noise, or the echo of our request.

    RemoteProtocolError (GARBAGE) when it is damaged.
    """
    start = line.rfind(b"/")
    if start < 0 or line[start + 1 : start + 2] == b"?":
        return None
    found = _IDENTIFICATION.fullmatch(line, start)
    if found is None:
        raise garbage(f"{line[start:]!r} is no identification of IEC 62056-21")
    manufacturer, baud_code, escapes, text = (part.decode("ascii") for part in found.groups())
    return Identification(manufacturer, baud_code, escapes.replace("\\", ""), text.rstrip())


def decode_option(line: bytes) -> OptionSelect | None:
    """The option select in a line, None when there is none."""
    found = _OPTION.search(line)
    return found and OptionSelect(*(part.decode("ascii") for part in found.groups()))


def best_baud_code(offered: str, most: int | None = None) -> str:
    """The code of the highest rate that the meter offers and `most` allows; "0", 300 baud, is always possible."""
    limit = min(BAUD_RATES.get(offered, 300), most or BAUD_RATES["6"])
    return max(code for code, rate in BAUD_RATES.items() if rate <= max(limit, 300))
