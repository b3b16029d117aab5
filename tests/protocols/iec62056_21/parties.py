"""A meter with a few objects, a reader, and the line between them with what may go wrong on it."""

from collections.abc import Callable
from typing import TypeVar

from protocols.iec62056_21 import Identification, Meter, Reader, RefusalError
from protocols.iec62056_21.reader import Exchange

T = TypeVar("T")
Spoil = Callable[[int, bytes], bytes]
SHOWN = "C.1.0(12345678)\r\n1.8.0(0001234.567*kWh)\r\n1.6.0(1.25*kW)(2611211030)\r\n!\r\n"
PASSWORD = "00000000"
WHO = Identification("OAM", "5", "@", "EC2")


class Objects:
    """What the meter holds: texts by address."""

    def __init__(self) -> None:
        self.held = {"1.8.0": "1.8.0(0001234.567*kWh)", "P.01": "long " + "(12)\r\n" * 2000}
        self.asked: list[tuple[str, str]] = []

    def read_out(self) -> str:
        return SHOWN

    def read(self, address: str, argument: str) -> str:
        self.asked.append((address, argument))
        if address not in self.held:
            raise RefusalError("ER05")
        return self.held[address]

    def write(self, address: str, value: str) -> None:
        if address != "0.9.1":
            raise RefusalError("ER07")
        self.held[address] = f"0.9.1({value})"


class Line:
    """Runs conversations of a reader with a meter, in pieces of `size`; in silences the reader may repeat.

    `spoil` makes of an answer, with its number from 1, what arrives of it.
    """

    def __init__(
        self, reader: Reader, meter: Meter, *, size: int = 0, spoil: Spoil = lambda _number, octets: octets
    ) -> None:
        self.reader = reader
        self.meter = meter
        self.answers = 0
        self.said: list[bytes] = []
        self._size = size
        self._spoil = spoil
        self._coming: list[bytes] = []

    def run(self, exchange: Exchange[T]) -> T:
        """The result. TimeoutError when neither side has anything to say."""
        try:
            out = next(exchange)
            while True:
                out = exchange.send(self._piece(out))
        except StopIteration as stop:
            result: T = stop.value
            return result

    def _piece(self, out: bytes) -> bytes:
        """What arrives next, after the reader has said something or because it repeats itself."""
        self._say(out)
        while not self._coming:
            again = self.reader.repeat()
            if not again:
                raise TimeoutError
            self._say(again)
        return self._coming.pop(0)

    def _say(self, out: bytes) -> None:
        if not out:
            return
        self.said.append(out)
        answer = self.meter.handle(out)
        self.answers += bool(answer)
        arrives = self._spoil(self.answers, answer) if answer else b""
        step = self._size or max(len(arrives), 1)
        self._coming += [arrives[at : at + step] for at in range(0, len(arrives), step)]


def meter(who: Identification = WHO, objects: Objects | None = None, **options: object) -> Meter:
    options.setdefault("passwords", {"P1": PASSWORD})
    return Meter(who, objects or Objects(), addresses=frozenset({"0042"}), **options)  # type: ignore[arg-type]


def programmed(line: Line) -> None:
    """Sign on, enter programming mode, send the password."""
    line.run(line.reader.sign_on())
    line.run(line.reader.program())
    line.run(line.reader.authenticate(PASSWORD))
