"""The meter's side of modes A, B and C, which the simulator speaks; see `reader` for the conversation.

It answers octet by octet or in any pieces; what a reader leaves out of the order of things is answered with nothing.
"""

from collections import deque
from collections.abc import Mapping
from enum import Enum, auto
from typing import Protocol

from protocols.iec62056_21.blocks import BlockBuffer, Command, Damaged, Data, Message, Sign
from protocols.iec62056_21.characters import BAUD_RATES, FIRST_RATE, with_parity
from protocols.iec62056_21.lines import LineBuffer
from protocols.iec62056_21.messages import Identification, Mode, OptionSelect, decode_option, decode_request
from protocols.iec62056_21.reader import NORMAL, PROGRAMMING, READ_OUT, TRIES
from protocols.iec62056_21.sign_on import LineFormat

PART = 1024
"""Characters of a partial block."""
_PARTIAL = ("R3", "R4", "R6")
_READS = ("R1", "R2", "R5", *_PARTIAL)
_WRITES = ("W1", "W2", "W5")
WRONG_PASSWORD, LOCKED, NOT_KNOWN = "ER01", "ER02", "ER03"


class RefusalError(Exception):
    """What the meter answers instead of data or ACK, `ER05` say."""


class Holdings(Protocol):
    """What a meter holds. Both functions may raise RefusalError."""

    def read_out(self) -> str:
        """The data readout, with the `!` at its end."""
        ...

    def read(self, address: str, argument: str) -> str:
        """The answer to a read command."""
        ...

    def write(self, address: str, value: str) -> None:
        """Take a value."""
        ...


class Stage(Enum):
    """How far a conversation is; READING_OUT and PROGRAMMING are about blocks, the others about lines."""

    WAITING = auto()
    IDENTIFIED = auto()
    READING_OUT = auto()
    PROGRAMMING = auto()


class Meter:
    """One conversation of one meter.

    It answers to the `addresses` and to requests without one. `passwords` open it, by their command (`P1`); without
    any it is always open. The choice of rate is in `take_line_change`.
    """

    def __init__(
        self,
        identification: Identification,
        holdings: Holdings,
        *,
        addresses: frozenset[str] = frozenset(),
        passwords: Mapping[str, str] | None = None,
        parity: bool = False,
    ) -> None:
        self.stage = Stage.WAITING
        self._identification = identification
        self._holdings = holdings
        self._addresses = frozenset(address.lstrip("0") for address in addresses) | {""}
        self._passwords = dict(passwords or {})
        self._parity = parity
        self._lines = LineBuffer()
        self._blocks = BlockBuffer()
        self._open = not self._passwords
        self._last = b""
        self._tries = 0
        self._parts: deque[Data] = deque()
        self._change: LineFormat | None = None

    def handle(self, data: bytes) -> bytes:
        """Take octets; what the meter says to them. RemoteProtocolError (TOO_LARGE) when it is flooded."""
        self._lines.receive(data)
        self._blocks.receive(data)
        said = b""
        while (line := self._lines.next_line()) is not None:
            said += self._answer_line(line)
        while (message := self._blocks.next_message()) is not None:
            said += self._answer(message)
        return with_parity(said) if self._parity else said

    def take_line_change(self) -> LineFormat | None:
        """The change of the serial line that is due once what was said has left it, told once."""
        change, self._change = self._change, None
        return change

    def _answer_line(self, line: bytes) -> bytes:
        """A request begins a conversation wherever the last one was left; an option goes on with it."""
        address = decode_request(line)
        if address is not None:
            return self._identify() if address.lstrip("0") in self._addresses else b""
        option = decode_option(line) if self.stage is Stage.IDENTIFIED else None
        return b"" if option is None else self._take_option(option)

    def _identify(self) -> bytes:
        who = self._identification
        self._open = not self._passwords
        said = who.encode()
        if who.mode is Mode.C:
            self._turn(Stage.IDENTIFIED, FIRST_RATE)
            return said
        self._turn(Stage.PROGRAMMING, who.rate_taken)
        return said + self._say(Data(self._holdings.read_out()))

    def _take_option(self, option: OptionSelect) -> bytes:
        rate = BAUD_RATES.get(option.baud_code)
        if option.protocol != NORMAL or rate is None or option.mode not in (READ_OUT, PROGRAMMING):
            self._turn(Stage.WAITING, FIRST_RATE)
            return b""
        if option.mode == READ_OUT:
            self._turn(Stage.READING_OUT, rate)
            return self._say(Data(self._holdings.read_out()))
        self._turn(Stage.PROGRAMMING, rate)
        return self._say(Command("P0", "()"))

    def _answer(self, message: Message) -> bytes:
        """What is said to a message; nothing to any before the sign-on is over."""
        if self.stage not in (Stage.READING_OUT, Stage.PROGRAMMING):
            return b""
        if message is Sign.REPEAT:
            return self._say_again()
        self._tries = 0
        if isinstance(message, Damaged):
            return Sign.REPEAT.encode()
        if message is Sign.ACKNOWLEDGED:
            return self._say(self._parts.popleft()) if self._parts else b""
        if isinstance(message, Command) and self.stage is Stage.PROGRAMMING:
            return self._obey(message)
        return b""

    def _say_again(self) -> bytes:
        """The last message; after three times the meter breaks off."""
        self._tries += 1
        if self._tries <= TRIES:
            return self._last
        self._turn(Stage.WAITING, FIRST_RATE)
        return Command("B0").encode()

    def _obey(self, command: Command) -> bytes:
        self._parts.clear()
        if command.code.startswith("B"):
            self._turn(Stage.WAITING, FIRST_RATE)
            return b""
        try:
            answer = self._done(command)
        except RefusalError as refusal:
            answer = Data(f"({refusal})")
        return self._say(answer)

    def _done(self, command: Command) -> Data | Sign:
        """The answer to a command. RefusalError when there is none."""
        address, _, rest = (command.text or "").partition("(")
        argument = rest.removesuffix(")")
        if command.code.startswith("P"):
            return self._let_in(command.code, argument)
        if command.code not in (*_READS, *_WRITES):
            raise RefusalError(NOT_KNOWN)
        if not self._open:
            raise RefusalError(LOCKED)
        if command.code in _WRITES:
            self._holdings.write(address, argument)
            return Sign.ACKNOWLEDGED
        self._parts.extend(_in_parts(self._holdings.read(address, argument), command.code in _PARTIAL))
        return self._parts.popleft()

    def _let_in(self, level: str, password: str) -> Sign:
        if self._passwords and self._passwords.get(level) != password:
            raise RefusalError(WRONG_PASSWORD)
        self._open = True
        return Sign.ACKNOWLEDGED

    def _turn(self, stage: Stage, rate: int) -> None:
        self.stage = stage
        self._change = LineFormat(rate, text=True)
        self._blocks.clear()
        self._parts.clear()

    def _say(self, message: Data | Command | Sign) -> bytes:
        self._last = message.encode()
        return self._last


def _in_parts(text: str, partial: bool) -> list[Data]:
    """The answer as one block, or as parts of whole lines."""
    if not partial:
        return [Data(text)]
    parts = [""]
    for line in text.splitlines(keepends=True):
        if parts[-1] and len(parts[-1]) + len(line) > PART:
            parts.append("")
        parts[-1] += line
    return [Data(part, more=number < len(parts)) for number, part in enumerate(parts, start=1)]
