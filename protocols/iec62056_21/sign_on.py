"""What both sides of a mode E sign-on share: a framing that is text first and then another one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, auto

from protocols.errors import Cause, LocalProtocolError
from protocols.framing import Framing
from protocols.iec62056_21.characters import with_parity
from protocols.iec62056_21.lines import LineBuffer


@dataclass(frozen=True, slots=True)
class LineFormat:
    """How a serial line has to be once the octets handed out before have left it.

    `text`: seven bits and even parity as in modes A to D; else eight bits without parity, as HDLC wants it.
    """

    baud_rate: int
    text: bool = False


class Stage(Enum):
    """How far the sign-on is: before it, waiting for the other side, with the choice made, and over."""

    IDLE = auto()
    SIGNING_ON = auto()
    CONFIRMING = auto()
    HANDED_OVER = auto()


class SignOn(ABC):
    """Base of `ModeE` and `ModeEMeter`; `inner` carries the APDUs once the sign-on is over."""

    def __init__(self, inner: Framing, parity: bool) -> None:
        self.inner = inner
        self.stage = Stage.IDLE
        self._parity = parity
        self._lines = LineBuffer()
        self._text = b""
        self._change: LineFormat | None = None

    @property
    def peer(self) -> int | None:
        """Of the inner framing."""
        return self.inner.peer

    @property
    def connections(self) -> int:
        """Of the inner framing."""
        return self.inner.connections

    @property
    def is_open(self) -> bool:
        """Whether the sign-on is over and the inner framing is open."""
        return self.stage is Stage.HANDED_OVER and self.inner.is_open

    def frame(self, apdu: bytes) -> bytes:
        """Of the inner framing. LocalProtocolError (UNEXPECTED) before the sign-on is over."""
        if self.stage is not Stage.HANDED_OVER:
            raise LocalProtocolError(Cause.UNEXPECTED, "the sign-on of mode E is not over")
        return self._take_text() + self.inner.frame(apdu)

    def receive_data(self, data: bytes) -> None:
        """Take octets from the line. RemoteProtocolError (TOO_LARGE) if the inner framing is flooded."""
        if self.stage is Stage.HANDED_OVER:
            self.inner.receive_data(data)
        else:
            self._lines.receive(data)

    def next_apdu(self) -> bytes | None:
        """The next APDU, None while the sign-on goes on."""
        if self._reads_text:
            self._read_lines()
        return self.inner.next_apdu() if self.stage is Stage.HANDED_OVER else None

    def outgoing(self) -> bytes:
        """Messages of the sign-on, then what the inner framing has to say."""
        text = self._take_text()
        return text + self.inner.outgoing() if self.stage is Stage.HANDED_OVER else text

    def give_turn(self) -> bytes:
        """See `Framing.give_turn`."""
        return self.inner.give_turn()

    def take_line_change(self) -> LineFormat | None:
        """The change of the serial line that is due now, told once; ask after every `outgoing`."""
        change, self._change = self._change, None
        return change

    @property
    def _reads_text(self) -> bool:
        return self.stage is not Stage.HANDED_OVER

    @abstractmethod
    def _read_lines(self) -> None: ...

    def _say(self, message: bytes) -> None:
        self._text += with_parity(message) if self._parity else message

    def _take_text(self) -> bytes:
        text, self._text = self._text, b""
        return text

    def _hand_over(self, start: int = 0) -> None:
        self.stage = Stage.HANDED_OVER
        self.inner.receive_data(self._lines.take(start))
