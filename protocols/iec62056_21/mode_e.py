"""Mode E (IEC 62056-21 annex E, IEC 62056-46 annex A): sign on in text, agree on a baud rate, go on in HDLC.

    reader  /?address!           meter  /XXXZ\\2text
    reader  ACK 2 Z 2            both change to baud rate Z
                                 meter  ACK 2 Z 2
    reader  SNRM ...

Text has seven bits and even parity. Octets are read with or without it, so a line of eight bits without parity serves
from the beginning; on such a line set `parity` so that it is sent as well. `take_line_change` says when a serial line
has to change; where TCP or a converter with one rate carries the octets there is nothing to do. Intervals of silence
are the transport's: the standard wants 200 ms before each answer, 20 ms for a lower-case third manufacturer letter.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, auto

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError
from protocols.framing import Framing
from protocols.iec62056_21.characters import BAUD_RATES, with_parity
from protocols.iec62056_21.lines import LineBuffer
from protocols.iec62056_21.messages import (
    HDLC,
    Identification,
    OptionSelect,
    best_baud_code,
    decode_identification,
    decode_option,
    decode_request,
    encode_request,
)


@dataclass(frozen=True, slots=True)
class LineFormat:
    """How a serial line has to be once the octets handed out before have left it: this rate, eight bits, no parity."""

    baud_rate: int


class Stage(Enum):
    """How far the sign-on is: before it, waiting for the other side, with the choice made, and over."""

    IDLE = auto()
    SIGNING_ON = auto()
    CONFIRMING = auto()
    HANDED_OVER = auto()


class _SignOn(ABC):
    """What reader and meter share: a framing that is text first and then the `inner` one."""

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


class ModeE(_SignOn):
    """The reader's side over `inner`, a client's framing; `open` signs on and then opens it.

    `address` is the device address of the request message, "" on an optical port. `most_baud` bounds the rate.
    """

    def __init__(
        self,
        inner: Framing,
        address: str = "",
        *,
        most_baud: int | None = None,
        parity: bool = False,
        retries: int = 3,
    ) -> None:
        super().__init__(inner, parity)
        self._request = encode_request(address)
        self._most_baud = most_baud
        self._retries = retries
        self._tries = 0
        self.identification: Identification | None = None

    def open(self) -> bytes:
        """The request message; what the meter answers is in `identification`."""
        self.stage = Stage.SIGNING_ON
        self.identification = None
        self._tries = 0
        self._lines.take()
        self._say(self._request)
        return self._take_text()

    def close(self) -> bytes:
        """Of the inner framing; b"" before the sign-on is over."""
        return self.inner.close() if self.stage is Stage.HANDED_OVER else b""

    def repeat(self) -> bytes:
        """The request again; after the choice HDLC begins, because there are meters that do not confirm it.

        RemoteProtocolError (NO_ANSWER) after as many tries as `retries` allows.
        """
        if self.stage is Stage.SIGNING_ON:
            self._tries += 1
            if self._tries > self._retries:
                raise RemoteProtocolError(Cause.NO_ANSWER, "the meter does not answer the sign-on of mode E")
            self._lines.take()
            self._say(self._request)
            return self._take_text()
        if self.stage is Stage.CONFIRMING:
            return self._begin()
        return self.inner.repeat() if self.stage is Stage.HANDED_OVER else b""

    def _read_lines(self) -> None:
        while self.stage in (Stage.SIGNING_ON, Stage.CONFIRMING) and (line := self._lines.next_line()) is not None:
            if self.stage is Stage.SIGNING_ON:
                self._choose(line)
            elif decode_option(line) is not None:
                self._text += self._begin()

    def _choose(self, line: bytes) -> None:
        identification = decode_identification(line)
        if identification is None:
            return
        if not identification.offers_hdlc:
            raise RemoteProtocolError(
                Cause.UNSUPPORTED, f"the meter {line.decode('ascii', 'replace')} does not offer HDLC (mode E)"
            )
        self.identification = identification
        code = best_baud_code(identification.baud_code, self._most_baud)
        self._say(OptionSelect(HDLC, code, HDLC).encode())
        self._change = LineFormat(BAUD_RATES[code])
        self.stage = Stage.CONFIRMING

    def _begin(self) -> bytes:
        self._hand_over()
        return self.inner.open()


class ModeEMeter(_SignOn):
    """The meter's side over `inner`, a server's framing. A reader that begins with HDLC at once is served as well.

    `addresses` are the device addresses it answers to besides none.
    """

    def __init__(
        self,
        inner: Framing,
        identification: Identification,
        addresses: frozenset[str] = frozenset(),
        *,
        parity: bool = False,
    ) -> None:
        super().__init__(inner, parity)
        self._identification = identification
        self._addresses = frozenset(address.lstrip("0") for address in addresses) | {""}

    def open(self) -> bytes:
        """Nothing: readers sign on."""
        return b""

    def close(self) -> bytes:
        """Of the inner framing."""
        return self.inner.close()

    def repeat(self) -> bytes:
        """Of the inner framing."""
        return self.inner.repeat()

    def receive_data(self, data: bytes) -> None:
        """See above; while no HDLC connection is open a reader may also sign on again."""
        super().receive_data(data)
        if self.stage is Stage.HANDED_OVER and not self.inner.is_open:
            self._lines.receive(data)

    @property
    def _reads_text(self) -> bool:
        return self.stage is not Stage.HANDED_OVER or not self.inner.is_open

    def _read_lines(self) -> None:
        while (line := self._next_line()) is not None:
            self._answer(line)

    def _next_line(self) -> bytes | None:
        """The next line; a flag before its end is no text but the beginning of HDLC."""
        if self.stage is not Stage.HANDED_OVER and (flag := self._lines.flag_before_end()) is not None:
            self._hand_over(flag)
        return self._lines.next_line()

    def _answer(self, line: bytes) -> None:
        address = decode_request(line)
        if address is not None:
            if address.lstrip("0") in self._addresses:
                self._say(self._identification.encode())
                self.stage = Stage.SIGNING_ON
        elif self.stage is Stage.SIGNING_ON and (option := decode_option(line)) is not None:
            self._confirm(option)

    def _confirm(self, option: OptionSelect) -> None:
        rate = BAUD_RATES.get(option.baud_code)
        if option.protocol != HDLC or option.mode != HDLC or rate is None:
            self.stage = Stage.IDLE
            raise RemoteProtocolError(Cause.UNSUPPORTED, f"the reader chose {option}, this meter offers HDLC only")
        self._say(option.encode())
        self._change = LineFormat(rate)
        self._hand_over()
