"""Load profiles and logs: sections of a header and its rows, as R5 and R6 give them under P.01, P.02, P.98 and so on.

    P.01(1261121104500)(08)(15)(2)(1.8.0)(kWh)(2.8.0)(kWh)      time, status, minutes, count, then names and units
    (012345.678)(000012.345)                                    a row a line; the header tells the time of the first
    (012345.702)(000012.345)

A new header stands wherever something changes: a row is missing, the status is another, the clock was set. Entries of
a log have a header each, with nothing between the third pair of brackets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from protocols.errors import RemoteProtocolError, garbage
from protocols.iec62056_21.data_sets import DataSet, Value, decode_data_sets
from protocols.iec62056_21.stamps import format_stamp, parse_stamp

MAX_CHANNELS = 64
MAX_STATUS = 0xFFFF_FFFF
_LONGEST_MIN = 31 * 24 * 60
_DAY_MIN = 24 * 60
_HEAD = 4


@dataclass(frozen=True, slots=True)
class Channel:
    """A column: its short code, and its unit as the meter writes it."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows without a break: `first` is the UTC instant of the first, `status` that of all, `interval_min` 0 in logs.

    `values` are those of row after row. A section without channels is one row without values.
    """

    first: datetime
    status: int
    interval_min: int
    channels: tuple[Channel, ...]
    values: tuple[Value, ...]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.values) // len(self.channels) if self.channels else 1

    @property
    def rows(self) -> Iterator[tuple[Value, ...]]:
        """The values of each row, in the order of the channels."""
        width = len(self.channels)
        return (self.values[width * row : width * (row + 1)] for row in range(self.count))

    def stamps(self, zone: tzinfo) -> list[int]:
        """When each row was captured, UTC epoch seconds.

        Rows of whole days follow the calendar of `zone`, whose days have 23 to 25 hours; all others follow the clock.
        """
        first = int(self.first.timestamp())
        if self.interval_min == 0 or self.interval_min % _DAY_MIN:
            return [first + 60 * self.interval_min * row for row in range(self.count)]
        wall, days = self.first.astimezone(zone).replace(tzinfo=None), self.interval_min // _DAY_MIN
        later = ((wall + timedelta(days=days * row)).replace(tzinfo=zone) for row in range(1, self.count))
        return [first, *(int(at.timestamp()) for at in later)][: self.count]


def decode_profile(text: str, zone: tzinfo) -> tuple[Section, ...]:
    """The sections of an answer, none where the meter has nothing of that time.

    RemoteProtocolError (GARBAGE) names the header that cannot be understood.
    """
    sets = [each for each in decode_data_sets(text) if any(value.text for value in each.values)]
    return tuple(_section(each, f"header {number}", zone) for number, each in enumerate(sets, start=1))


def encode_profile(name: str, sections: Sequence[Section], zone: tzinfo, *, seconds: bool = False) -> str:
    """An answer with these sections; `name()` where there are none."""
    return "".join(_encoded(name, each, zone, seconds) for each in sections) or f"{name}()"


def encode_span(start: datetime, end: datetime, zone: tzinfo, *, season: bool = True) -> str:
    """What R5 and R6 take as the stretch to read, both ends included, in whole minutes."""
    return f"{format_stamp(start, zone, season=season)};{format_stamp(end, zone, season=season)}"


def decode_span(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The stretch a reader asks for; an end that is left out is open. RemoteProtocolError (GARBAGE) when it is none."""
    start, _, end = text.partition(";")
    return (
        parse_stamp(start, zone) if start else datetime.min.replace(tzinfo=UTC),
        parse_stamp(end, zone) if end else datetime.max.replace(tzinfo=UTC),
    )


def _section(found: DataSet, place: str, zone: tzinfo) -> Section:
    texts = [value.text for value in found.values]
    if len(texts) < _HEAD:
        raise garbage(f"{place} of {found.address or 'a profile'} has {len(texts)} fields, {_HEAD} are needed")
    count = _number(texts[3], place, "count of channels", 10, MAX_CHANNELS)
    body = _HEAD + 2 * count
    if len(texts) < body or (len(texts) - body) % max(count, 1):
        raise garbage(f"{place}: {len(texts) - _HEAD} fields do not make names, units and rows of {count} channels")
    names = texts[_HEAD:body]
    return Section(
        first=_first(texts[0], place, zone),
        status=_number(texts[1], place, "status", 16, MAX_STATUS),
        interval_min=_number(texts[2], place, "interval", 10, _LONGEST_MIN),
        channels=tuple(Channel(*pair) for pair in zip(names[::2], names[1::2], strict=True)),
        values=found.values[body:] if count else (),
    )


def _first(text: str, place: str, zone: tzinfo) -> datetime:
    try:
        return parse_stamp(text, zone)
    except RemoteProtocolError as error:
        raise garbage(f"{place}: {error}") from error


def _number(text: str, place: str, what: str, base: int, most: int) -> int:
    """A whole number; nothing means 0."""
    try:
        number = int(text or "0", base)
    except ValueError as error:
        raise garbage(f"{place}: {text!r} is no {what}") from error
    if not 0 <= number <= most:
        raise garbage(f"{place}: the {what} {text} is not between 0 and {most}")
    return number


def _encoded(name: str, section: Section, zone: tzinfo, seconds: bool) -> str:
    minutes = f"{section.interval_min}" if section.interval_min else ""
    told = f"({format_stamp(section.first, zone, seconds=seconds)})({section.status:02X})({minutes})"
    channels = "".join(f"({channel.name})({channel.unit})" for channel in section.channels)
    rows = "".join("".join(map(str, row)) + "\r\n" for row in section.rows if row)
    return f"{name}{told}({len(section.channels)}){channels}\r\n{rows}"
