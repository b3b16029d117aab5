"""What may be wrong with a meter: declared per meter in the fleet file, switched live over the control socket.

Faults of the data (`Gap`, `PowerFailure`, `WrongClock`) change what a meter holds; all others change how
it talks. Their form in JSON: `fault_json`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar


class FaultError(ValueError):
    """A fault description that cannot be understood; the message says which field and what is allowed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Base of all faults; `kind` is the name in JSON."""

    kind: ClassVar[str] = ""


def _check_order(start: int, end: int | None) -> None:
    if end is not None and end <= start:
        raise FaultError(f"a fault from {iso(start)} to {iso(end)} ends before it starts")


@dataclass(frozen=True, slots=True)
class Gap(Fault):
    """Profile rows stamped in [start, end) were never captured; registers went on. UTC epoch seconds."""

    kind = "gap"
    start: int
    end: int

    def __post_init__(self) -> None:
        _check_order(self.start, self.end)


@dataclass(frozen=True, slots=True)
class PowerFailure(Fault):
    """No power in [start, end), `end` None while it lasts: nothing is used, the meter does not answer.

    Rows of that time are missing, or with `flagged` made up afterwards: unchanged stands, status power down.
    """

    kind = "power_failure"
    start: int
    end: int | None = None
    flagged: bool = False

    def __post_init__(self) -> None:
        _check_order(self.start, self.end)

    def lasts(self, now: int) -> bool:
        """The power is off at `now`."""
        return self.start <= now and (self.end is None or now < self.end)

    def until(self, now: int) -> int:
        """The end, or `now` while the failure lasts."""
        return now if self.end is None else min(self.end, now)


@dataclass(frozen=True, slots=True)
class WrongClock(Fault):
    """The clock of the meter is ahead by `offset_s` seconds (negative: behind)."""

    kind = "wrong_clock"
    offset_s: int


@dataclass(frozen=True, slots=True)
class Silent(Fault):
    """Nobody answers: the connection is refused, or with `black_hole` accepted and never answered."""

    kind = "silent"
    black_hole: bool = False


@dataclass(frozen=True, slots=True)
class RefuseAssociation(Fault):
    """Every ciphered association is rejected permanently; the public client still gets in."""

    kind = "refuse_association"


@dataclass(frozen=True, slots=True)
class Busy(Fault):
    """The meter serves somebody else: a new connection is accepted and closed at once."""

    kind = "busy"


@dataclass(frozen=True, slots=True)
class Garbage(Fault):
    """After `after` correct answers every answer is replaced by seeded noise of the same length."""

    kind = "garbage"
    after: int = 0


@dataclass(frozen=True, slots=True)
class WrongKey(Fault):
    """The meter has another encryption key, or password, than the fleet file says."""

    kind = "wrong_key"


@dataclass(frozen=True, slots=True)
class WrongCounter(Fault):
    """The meter has seen a counter `ahead` above the last real one and refuses everything below it."""

    kind = "wrong_counter"
    ahead: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Cut(Fault):
    """The connection is closed in the middle of the answer that holds byte number `after_bytes` of the connection."""

    kind = "cut"
    after_bytes: int = 1500


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """Every answer waits `delay_ms` milliseconds."""

    kind = "slow"
    delay_ms: int


@dataclass(frozen=True, slots=True)
class _SomeAnswers(Fault):
    """Hits the answers of a connection from number `after` on: `count` of them, 0 for all that follow."""

    after: int = 0
    count: int = 0

    def hits(self, number: int) -> bool:
        """Whether the answer with this number, counted from 0, is hit."""
        return number >= self.after and (not self.count or number < self.after + self.count)


@dataclass(frozen=True, slots=True)
class Drop(_SomeAnswers):
    """Answers do not arrive."""

    kind = "drop"


@dataclass(frozen=True, slots=True)
class Corrupt(_SomeAnswers):
    """One bit in the second half of an answer is turned over: a wrong CRC in HDLC, a wrong tag where it is ciphered."""

    kind = "corrupt"


@dataclass(frozen=True, slots=True)
class LostBlock(Fault):
    """Once in each connection, block `number` of a long answer does not come, but the one after it."""

    kind = "lost_block"
    number: int = 2


@dataclass(frozen=True, slots=True)
class TemporaryFailure(Fault):
    """Whatever is read, written or invoked is refused: temporary failure."""

    kind = "temporary_failure"


@dataclass(frozen=True, slots=True)
class NotPossible(Fault):
    """Every request of an association is answered with an exception: operation not possible now."""

    kind = "not_possible"


KINDS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (
        Gap, PowerFailure, WrongClock, Silent, RefuseAssociation, Busy, Garbage, WrongKey, WrongCounter, Cut, Slow,
        Drop, Corrupt, LostBlock, TemporaryFailure, NotPossible,
    )
}  # fmt: skip


def instant(value: object) -> int:
    """UTC epoch seconds of an ISO 8601 text with offset (or `Z`); raises FaultError."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise FaultError(f"{value!r} is not an ISO 8601 instant such as 2026-11-20T06:00:00+02:00") from None
    if at.tzinfo is None:
        raise FaultError(f"{value!r} has no offset from UTC; add one, for example +02:00")
    return int(at.timestamp())


def iso(at: int) -> str:
    """UTC epoch seconds as ISO 8601 text."""
    return datetime.fromtimestamp(at, UTC).isoformat()
