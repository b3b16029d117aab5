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

from protocols.errors import Cause, RemoteProtocolError
from protocols.framing import Framing
from protocols.iec62056_21.characters import BAUD_RATES
from protocols.iec62056_21.messages import (
    HDLC,
    Identification,
    OptionSelect,
    best_baud_code,
    decode_identification,
    decode_option,
    encode_request,
)
from protocols.iec62056_21.sign_on import LineFormat, SignOn, Stage


class ModeE(SignOn):
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
