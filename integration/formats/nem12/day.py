"""Records 300 and 400: the values of a market day, and what holds for which of its intervals."""

from __future__ import annotations

from dataclasses import dataclass, field

from integration.formats.nem import codes
from integration.formats.nem.clock import market_day
from integration.formats.nem.fields import split, text_of
from integration.formats.nem.findings import Fault
from integration.formats.nem.flags import VARIABLE, Flags, parse_flags
from integration.formats.nem12.block import Block

_TAIL = 5
"""Fields after the values: quality, reason, description, time of the update, time of loading."""
_VALUES_BEGIN = len(b"300,20260101,")
_EVENT_FIELDS = 6
_MOST_KNOWN = 10_000
LONGEST_DESCRIPTION = 240
"""Characters of a reason description; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Event:
    """A record 400: what holds from one interval to another, both counted from 1 and included."""

    first: int
    last: int
    flags: Flags
    description: str
    line: int


@dataclass(slots=True, eq=False)
class Day:
    """A record 300 and what belongs to it. `values` are the fields as they stand, `events` may still grow."""

    block: Block
    day: int
    line: int
    values: bytes
    flags: Flags
    description: str = ""
    events: list[Event] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    spoilt: tuple[int, Fault] | None = None

    @property
    def may_have_events(self) -> bool:
        """Where quality differs, and where actual data hold a tamper, an outage or a change of the clock."""
        return self.flags.flag == VARIABLE or self.flags.reason in codes.WITH_EVENTS

    def fault(self) -> tuple[int, Fault] | None:
        """Line and reason why the day is refused as a whole: without its events nobody knows what the values are."""
        if self.spoilt or not self.may_have_events:
            return self.spoilt
        expected = 1
        for event in self.events:
            if event.first != expected:
                return event.line, Fault(
                    f"begins with interval {event.first} where {expected} is next", 2, str(event.first)
                )
            expected = event.last + 1
        if expected == self.block.intervals + 1 or (not self.events and self.flags.flag != VARIABLE):
            return None
        return self.line, Fault(f"no record 400 says what holds from interval {expected} on")


class DayParser:
    """Reads records 300. Dates and endings repeat in a file; each is understood once."""

    def __init__(self) -> None:
        self._days: dict[bytes, int | None] = {}
        self._endings: dict[tuple[bytes, bytes], Flags | str] = {}

    def read(self, content: bytes, block: Block, line: int) -> Day | Fault:
        """The day, without its events, or why the record is refused."""
        if content.count(b",") != block.commas or b'"' in content or content[12:13] != b",":
            return self._read_fields(content, block, line)
        head, quality, reason, description, _, _ = content.rsplit(b",", _TAIL)
        return self._day(block, line, head[4:12], head[_VALUES_BEGIN:], quality, reason, description)

    def _read_fields(self, content: bytes, block: Block, line: int) -> Day | Fault:
        """A record that is quoted, or ends early: what follows the quality may be missing where it would be empty."""
        fields = split(content)
        if fields is None:
            return Fault("quotation marks do not match")
        tail = fields[2 + block.intervals :]
        if not 1 <= len(tail) <= _TAIL or isinstance(parse_flags(tail[0], ""), str):
            return _wrong_number(fields, block)
        values = ",".join(value.replace(",", ";") for value in fields[2 : 2 + block.intervals])
        quality, reason, description = (text.encode() for text in [*tail, "", ""][:3])
        return self._day(block, line, fields[1].encode(), values.encode(), quality, reason, description)

    def _day(
        self, block: Block, line: int, date: bytes, values: bytes, quality: bytes, reason: bytes, description: bytes
    ) -> Day | Fault:
        if len(self._days) + len(self._endings) > _MOST_KNOWN:
            self._days, self._endings = {}, {}
        if date not in self._days:
            self._days[date] = market_day(date.strip())
        ending = (quality, reason)
        if ending not in self._endings:
            self._endings[ending] = parse_flags(text_of(quality).strip(), text_of(reason).strip())
        number, flags = self._days[date], self._endings[ending]
        if number is None:
            return Fault("not a date", 2, text_of(date))
        if isinstance(flags, str):
            return Fault(flags, 3 + block.intervals, text_of(quality + b"," + reason))
        return Day(block, number, line, values, flags, _described(text_of(description)) if description else "")


def _described(text: str) -> str:
    return text.strip()[:LONGEST_DESCRIPTION]


def _wrong_number(fields: list[str], block: Block) -> Fault:
    """A record whose quality does not stand where it should."""
    places = (place for place, text in enumerate(fields[2:]) if isinstance(parse_flags(text, ""), Flags))
    found = next(places, None)
    if found is None or found == block.intervals:
        return Fault("values and quality are not where they should be")
    return Fault(f"{block.intervals} values expected, {found} found")


def read_event(fields: list[str], block: Block, line: int) -> Event | Fault:
    """A record 400, or why it is refused."""
    if not 4 <= len(fields) <= _EVENT_FIELDS:
        return Fault(f"a record 400 has {_EVENT_FIELDS} fields, this has {len(fields)}")
    numbers = [int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0 for text in fields[1:3]]
    if not 1 <= numbers[0] <= numbers[1] <= block.intervals:
        return Fault(f"not a stretch of the intervals 1 to {block.intervals}", 2, f"{fields[1]}-{fields[2]}")
    reason, description = [*fields[4:], "", ""][:2]
    flags = parse_flags(fields[3], reason)
    if isinstance(flags, str):
        return Fault(flags, 4, f"{fields[3]},{reason}")
    if flags.flag == VARIABLE:
        return Fault("quality V says nothing here", 4, fields[3])
    return Event(numbers[0], numbers[1], flags, _described(description), line)
