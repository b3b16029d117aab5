"""The messages after the sign-on: data blocks, commands, and the two signs that answer them (clause 6.3).

    data       STX text ETX BCC             the last or only block; EOT instead of ETX: another one follows
    command    SOH code STX text ETX BCC    code: a letter P, W, R, E or B and a digit; B0 has no text
    signs      ACK, NAK                     understood; once more, please

BCC is `block_check` of what stands behind the first character up to and with ETX or EOT.
"""

import re
from dataclasses import dataclass
from enum import Enum

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.iec62056_21.characters import ACK, EOT, ETX, NAK, SOH, STX, block_check, strip_parity

MAX_BLOCK = 1 << 18
"""Characters of one block; a load profile of a year and a quarter in 15 minutes has about as many."""
_GLITCHES = b"\x00\x7f"
_BEGIN = re.compile(rb"[\x01\x02\x06\x15]")
_END = re.compile(rb"[\x03\x04]")
_TEXT = re.compile(r"[ -~\r\n]*")
_COMMAND = re.compile(r"([A-Z]\d)(?:\x02([ -~\r\n]*))?")


@dataclass(frozen=True, slots=True)
class Data:
    """A data block; `more` when it is a part and another one follows once it was acknowledged."""

    text: str
    more: bool = False

    def encode(self) -> bytes:
        """The block. LocalProtocolError (INVALID_VALUE) for a text that is no text."""
        return _checked(STX, self.text, self.more)


@dataclass(frozen=True, slots=True)
class Command:
    """A programming command, `R5` with `1.8.0()` say; `text` is None where there is none, as in B0."""

    code: str
    text: str | None = None
    more: bool = False

    def encode(self) -> bytes:
        """The message. LocalProtocolError (INVALID_VALUE) for a text that is no text."""
        return _checked(SOH, self.code, self.more, self.text)


class Sign(Enum):
    """A message of one character."""

    ACKNOWLEDGED = ACK
    REPEAT = NAK

    def encode(self) -> bytes:
        """The character."""
        return bytes((self.value,))


@dataclass(frozen=True, slots=True)
class Damaged:
    """A block that did not arrive as it was sent, and how that shows."""

    why: str


Message = Data | Command | Sign | Damaged


class BlockBuffer:
    """Received characters, cut into messages; what stands between messages is dropped as noise.

    `noise` says whether anything was dropped since the last `clear` but what a line makes when it turns round.
    """

    __slots__ = ("_characters", "_searched", "noise")

    def __init__(self) -> None:
        self._characters = bytearray()
        self._searched = 0
        self.noise = False

    @property
    def begun(self) -> bool:
        """Whether a message has begun that is not complete."""
        return bool(self._characters)

    def clear(self) -> None:
        """Forget everything."""
        self._characters.clear()
        self._searched = 0
        self.noise = False

    def receive(self, data: bytes) -> None:
        """Take octets. RemoteProtocolError (TOO_LARGE) for a block beyond `MAX_BLOCK`."""
        self._characters += strip_parity(data)
        if len(self._characters) > MAX_BLOCK:
            self.clear()
            raise RemoteProtocolError(Cause.TOO_LARGE, f"a block of more than {MAX_BLOCK} characters")

    def next_message(self) -> Message | None:
        """The next message, None when none is complete."""
        begin = _BEGIN.search(self._characters)
        self._drop(begin.start() if begin else len(self._characters))
        if begin is None:
            return None
        if self._characters[0] in (ACK, NAK):
            sign = Sign(self._characters[0])
            self._cut(1)
            return sign
        return self._next_block()

    def _next_block(self) -> Message | None:
        end = _END.search(self._characters, self._searched)
        if end is None or len(self._characters) <= end.end():
            self._searched = end.start() if end else len(self._characters)
            return None
        block = bytes(self._characters[: end.end() + 1])
        self._cut(len(block))
        return _decoded(block)

    def _drop(self, count: int) -> None:
        self.noise = self.noise or bool(self._characters[:count].strip(_GLITCHES))
        self._cut(count)

    def _cut(self, count: int) -> None:
        del self._characters[:count]
        self._searched = 0


def _checked(first: int, head: str, more: bool, text: str | None = None) -> bytes:
    for part in (head, text or ""):
        if not _TEXT.fullmatch(part):
            raise LocalProtocolError(Cause.INVALID_VALUE, f"{part!r} cannot be sent: it holds more than printable text")
    told = head.encode("ascii") + (b"" if text is None else bytes((STX,)) + text.encode("ascii"))
    body = told + bytes((EOT if more else ETX,))
    return bytes((first,)) + body + bytes((block_check(body),))


def _decoded(block: bytes) -> Message:
    """A block from its first character to its BCC."""
    body, given = block[1:-1], block[-1]
    due = block_check(body)
    if given != due:
        return Damaged(f"the check of a block of {len(block)} characters is {given:02X}, {due:02X} is due")
    text, more = body[:-1].decode("ascii"), body[-1] == EOT
    if block[0] == STX:
        return Data(text, more) if _TEXT.fullmatch(text) else Damaged("a data block with control characters")
    found = _COMMAND.fullmatch(text)
    return Command(found[1], found[2], more) if found else Damaged(f"{text[:40]!r} is no command")
