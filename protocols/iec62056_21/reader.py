"""The reader's side of modes A, B and C as conversations: generators that yield octets and are sent what came back.

    reader  /?address!          meter  /XXX5text
    A, B                        meter  STX data ! ETX BCC, at 300 baud in A, at the rate it named in B
    C       ACK 0 5 0           meter  the same, at the rate that the reader has chosen
    C       ACK 0 5 1           meter  SOH P0 STX (operand) ETX BCC: programming mode
    reader  SOH P1 STX (password) ETX BCC       meter  ACK
    reader  SOH R5 STX 1.8.0() ETX BCC          meter  STX 1.8.0(0123.45*kWh) ETX BCC
    reader  SOH B0 ETX BCC: the end

A block that arrives damaged is asked for again with NAK, a message the meter did not understand is sent again, each
three times at most. What was lost altogether is repeated when the owner of the line calls `repeat` after a silence.
Silences, and the pause of 200 ms before an answer, are those of the line and its converter.
"""

import re
from collections.abc import Callable, Generator
from enum import Enum, auto
from typing import TypeVar

from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError, garbage
from protocols.iec62056_21.answers import checked_answer, is_echo, silence, unexpected
from protocols.iec62056_21.blocks import BlockBuffer, Command, Damaged, Data, Message, Sign
from protocols.iec62056_21.characters import BAUD_RATES, FIRST_RATE, strip_parity, with_parity
from protocols.iec62056_21.data_sets import DataSet, decode_read_out
from protocols.iec62056_21.lines import LineBuffer
from protocols.iec62056_21.messages import (
    Identification,
    Mode,
    OptionSelect,
    best_baud_code,
    decode_identification,
    encode_request,
)
from protocols.iec62056_21.sign_on import LineFormat

T = TypeVar("T")
Exchange = Generator[bytes, bytes, T]
LineChange = Callable[[LineFormat], bytes]

TRIES = 3
MAX_ANSWER = 1 << 22
"""Characters of all parts of one answer together."""
NORMAL, READ_OUT, PROGRAMMING = "0", "0", "1"
_PASSWORD = re.compile(r"[!-'*-~ ]{1,32}")
_PIECE = 1024


class Stage(Enum):
    """How far a conversation is."""

    IDLE = auto()
    SIGNING_ON = auto()
    SIGNED_ON = auto()
    PROGRAMMING = auto()


def unchanged(_format: LineFormat) -> bytes:
    """Nothing is to be done: the converter follows by itself, or the line has one rate."""
    return b""


class Reader:
    """One conversation with one meter.

    `address` is the device address, "" on a line with one meter; `most_baud` bounds the rate that is chosen. Set
    `parity` on a line of eight bits that does not make it. `line_change` is told of every change of rate as it is due
    and gives the octets that make a converter follow.
    """

    def __init__(
        self,
        address: str = "",
        *,
        most_baud: int | None = None,
        parity: bool = False,
        line_change: LineChange = unchanged,
    ) -> None:
        self.identification: Identification | None = None
        self.stage = Stage.IDLE
        self._request = encode_request(address)
        self._most_baud = most_baud
        self._parity = parity
        self._line_change = line_change
        self._blocks = BlockBuffer()
        self._again = self._out = b""
        self._tries = 0
        self._trouble: RemoteProtocolError | None = None

    def sign_on(self) -> Exchange[Identification]:
        """Who the meter is. Noise and damaged identifications are passed over: `repeat` asks again."""
        lines, out = LineBuffer(), self._opening()
        while True:
            received = yield out
            out = b""
            for at in range(0, len(received), _PIECE):
                lines.receive(received[at : at + _PIECE])
                if (found := self._identified(lines)) is not None:
                    self._blocks.receive(lines.take() + received[at + _PIECE :])
                    return found
            if strip_parity(received) not in self._request:
                self._trouble = self._trouble or garbage("what answers the request is no identification")

    def read_out(self) -> Exchange[tuple[DataSet, ...]]:
        """Everything the meter shows unasked; in mode C the conversation is over with it."""
        who = self._signed_on()
        message = yield from (self._choose(READ_OUT) if who.mode is Mode.C else self._follow(who))
        if not isinstance(message, Data):
            raise unexpected(message, "a data readout")
        self.stage = Stage.IDLE if who.mode is Mode.C else Stage.PROGRAMMING
        return decode_read_out(message.text)

    def program(self) -> Exchange[str]:
        """Enter programming mode; gives the operand for a password that is computed.

        In modes A and B the readout comes first, and a meter is then open for commands without saying so.
        """
        who = self._signed_on()
        if who.mode is not Mode.C:
            yield from self.read_out()
            return ""
        message = yield from self._choose(PROGRAMMING)
        if not isinstance(message, Command) or message.code != "P0":
            raise unexpected(message, "P0, the beginning of programming mode")
        self.stage = Stage.PROGRAMMING
        return (message.text or "").strip("()")

    def authenticate(self, password: str, level: str = "P1") -> Exchange[None]:
        """Send a password. RemoteProtocolError (AUTHENTICATION_FAILED) when the meter refuses it.

        LocalProtocolError (INVALID_VALUE) for one that cannot be sent; it is not shown.
        """
        if not _PASSWORD.fullmatch(password):
            raise LocalProtocolError(Cause.INVALID_VALUE, "a password has 1 to 32 printable characters, no brackets")
        message = yield from self._command(Command(level, f"({password})"))
        if message is not Sign.ACKNOWLEDGED:
            said = message.text if isinstance(message, Data | Command) else ""
            raise RemoteProtocolError(
                Cause.AUTHENTICATION_FAILED, f"the meter refuses the password of {level}{said and f': {said}'}"
            )

    def read(self, address: str, argument: str = "", *, code: str = "R5") -> Exchange[str]:
        """The text of an answer, its partial blocks put together.

        RemoteProtocolError: REFUSED with what the meter says, UNEXPECTED, or TOO_LARGE beyond `MAX_ANSWER`.
        """
        question = Command(code, f"{address}({argument})")
        message = yield from self._command(question)
        parts, size = [], 0
        while isinstance(message, Data):
            parts.append(message.text)
            size += len(message.text)
            if size > MAX_ANSWER:
                raise RemoteProtocolError(Cause.TOO_LARGE, f"more than {MAX_ANSWER} characters about {address}")
            if not message.more:
                return checked_answer("".join(parts), f"{code} {address}")
            message = yield from self._converse(Sign.ACKNOWLEDGED.encode(), again=b"")
        raise unexpected(message, f"an answer to {code} {address}")

    def write(self, address: str, value: str, *, code: str = "W5") -> Exchange[None]:
        """Write a value. It is never sent twice unasked. RemoteProtocolError: REFUSED with what the meter says."""
        message = yield from self._command(Command(code, f"{address}({value})"), again=b"")
        if isinstance(message, Data):
            checked_answer(message.text, f"{code} {address}")
        if message is not Sign.ACKNOWLEDGED:
            raise unexpected(message, f"the acknowledgement of {code} {address}")

    def break_off(self) -> bytes:
        """The octets that end the conversation, which nobody answers; b"" where none is open."""
        open_, self.stage = self.stage is Stage.PROGRAMMING, Stage.IDLE
        return self._dressed(Command("B0").encode()) + self._changed(FIRST_RATE) if open_ else b""

    def repeat(self) -> bytes:
        """What to send after a silence: NAK where a block has begun or noise came, else the message again.

        Nothing where a repetition could act twice or lose a block. RemoteProtocolError after three tries: GARBAGE
        where something was heard, else NO_ANSWER.
        """
        heard = self._blocks.begun or self._blocks.noise
        if not heard and not self._again:
            return b""
        self._count(self._trouble or silence(heard))
        if self.stage is Stage.SIGNING_ON or not heard:
            return self._dressed(self._again)
        self._blocks.clear()
        return self._dressed(Sign.REPEAT.encode())

    def _opening(self) -> bytes:
        self.stage, self.identification = Stage.SIGNING_ON, None
        self._blocks.clear()
        self._again, self._out, self._tries, self._trouble = self._request, b"", 0, None
        return self._dressed(self._request)

    def _identified(self, lines: LineBuffer) -> Identification | None:
        """The identification among the lines; what is damaged is kept for `repeat` to tell."""
        while (line := lines.next_line()) is not None:
            try:
                found = decode_identification(line)
            except RemoteProtocolError as error:
                self._trouble = error
                continue
            if found is not None:
                self.stage, self.identification = Stage.SIGNED_ON, found
                return found
        return None

    def _signed_on(self) -> Identification:
        if self.stage is not Stage.SIGNED_ON or self.identification is None:
            raise LocalProtocolError(Cause.UNEXPECTED, "a meter is read after it has identified itself, once")
        return self.identification

    def _choose(self, what: str) -> Exchange[Message]:
        """ACK 0 Z Y, and the converter's octets behind it.

        A meter that has heard it speaks at the new rate already: what is repeated is the request for its answer.
        """
        code = best_baud_code(self._signed_on().baud_code, self._most_baud)
        option = OptionSelect(NORMAL, code, what).encode()
        return self._converse(option, behind=self._changed(BAUD_RATES[code]), again=Sign.REPEAT.encode())

    def _follow(self, who: Identification) -> Exchange[Message]:
        """In mode B the meter changes its rate by itself, in mode A never; both go on at once."""
        return self._converse(b"", behind=self._changed(who.rate_taken) if who.mode is Mode.B else b"")

    def _command(self, command: Command, again: bytes | None = None) -> Exchange[Message]:
        if self.stage is not Stage.PROGRAMMING:
            raise LocalProtocolError(Cause.UNEXPECTED, f"{command.code} is for programming mode, which is not open")
        return (yield from self._converse(command.encode(), again=again))

    def _converse(self, said: bytes, *, behind: bytes = b"", again: bytes | None = None) -> Exchange[Message]:
        """Say something and wait for the message that answers it; `again` is for silences, None: the same once more."""
        if said:
            self._blocks.clear()
        self._again, self._tries, self._trouble = (said if again is None else again), 0, None
        self._out += self._dressed(said) + behind
        while (message := self._answer(said)) is None:
            out, self._out = self._out, b""
            self._blocks.receive((yield out))
        return message

    def _answer(self, said: bytes) -> Message | None:
        """The next message that is no echo; what is damaged on the way is asked for, or said, again.

        A single character among noise is part of it: `repeat` asks for it once more.
        """
        while (message := self._blocks.next_message()) is not None:
            if isinstance(message, Sign) and self._blocks.noise:
                continue
            if isinstance(message, Damaged):
                self._count(garbage(message.why))
                self._out = self._dressed(Sign.REPEAT.encode())
            elif message is Sign.REPEAT:
                self._count(garbage("the meter does not understand what it is sent"))
                self._out = self._dressed(said)
            elif not is_echo(message, said):
                return message
        return None

    def _count(self, error: RemoteProtocolError) -> None:
        self._tries += 1
        if self._tries > TRIES:
            raise error

    def _changed(self, rate: int) -> bytes:
        return self._line_change(LineFormat(rate, text=True))

    def _dressed(self, message: bytes) -> bytes:
        return with_parity(message) if self._parity else message
