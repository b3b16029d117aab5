"""The long frame of EN 13757-2 with the transport layer of DLMS (EN 13757-1, Green Book "M-Bus based profiles").

    68 L L 68 | C A CI STSAP DTSAP data… | CS 16

L counts the octets between the second 68 and CS, which is their sum modulo 256. CI 0x00 to 0x1F is the transport layer:
bit 4 (FIN) marks the last segment of a message, bits 0 to 3 count its segments from 0.
"""

from dataclasses import dataclass

from protocols.errors import Cause, LocalProtocolError, garbage

START, STOP = 0x68, 0x16
HEAD = 4
MIN_LENGTH, MAX_LENGTH = 5, 255
MAX_DATA = MAX_LENGTH - MIN_LENGTH
SEND_USER_DATA, BROADCAST = 0x53, 0xFF
FIN, SEQUENCE = 0x10, 0x0F
MAX_CI = 0x1F


@dataclass(frozen=True, slots=True)
class MbusFrame:
    """One segment of a message; `source` and `destination` are the service access points STSAP and DTSAP."""

    data: bytes
    sequence: int
    last: bool
    source: int
    destination: int
    address: int = BROADCAST
    control: int = SEND_USER_DATA

    def encode(self) -> bytes:
        """The octets on the line. LocalProtocolError for more than 250 octets of data."""
        if len(self.data) > MAX_DATA:
            raise LocalProtocolError(Cause.TOO_LARGE, f"{len(self.data)} octets do not fit one M-Bus frame")
        information = FIN * self.last | self.sequence & SEQUENCE
        content = bytes((self.control, self.address, information, self.source, self.destination)) + self.data
        length = len(content)
        return bytes((START, length, length, START)) + content + bytes((checksum(content), STOP))


def checksum(content: bytes) -> int:
    """The sum of the octets from C to the last of the data, modulo 256."""
    return sum(content) & 0xFF


def decode_frame(octets: bytes) -> MbusFrame:
    """One whole frame. RemoteProtocolError (GARBAGE) saying what does not fit."""
    if len(octets) < HEAD or (octets[0], octets[3]) != (START, START) or octets[1] != octets[2]:
        raise garbage("an M-Bus long frame begins with 68 L L 68")
    content, check, stop = octets[HEAD:-2], octets[-2], octets[-1]
    if len(content) != octets[1] or len(content) < MIN_LENGTH or stop != STOP:
        raise garbage(f"an M-Bus frame of {octets[1]} octets does not end with 16 where it should")
    if check != checksum(content):
        raise garbage(f"wrong checksum {check:#04x}, {checksum(content):#04x} is due")
    control, address, information, source, destination = content[:MIN_LENGTH]
    if information > MAX_CI:
        raise garbage(f"CI {information:#04x} is not the transport layer of DLMS")
    sequence, last = information & SEQUENCE, bool(information & FIN)
    return MbusFrame(content[MIN_LENGTH:], sequence, last, source, destination, address, control)
