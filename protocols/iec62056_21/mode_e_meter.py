"""The meter's side of mode E, which the simulator speaks; see `mode_e` for the conversation."""

from protocols.errors import Cause, RemoteProtocolError
from protocols.framing import Framing
from protocols.iec62056_21.characters import BAUD_RATES
from protocols.iec62056_21.messages import HDLC, Identification, OptionSelect, decode_option, decode_request
from protocols.iec62056_21.sign_on import LineFormat, SignOn, Stage


class ModeEMeter(SignOn):
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
