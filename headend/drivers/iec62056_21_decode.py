"""From sections of profiles and logs to the head-end's plain data."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from headend.plan import Column, Layout, LogEntry, ProfileRows, Stretch
from protocols.dlms.objects import REGISTER
from protocols.errors import RemoteProtocolError
from protocols.iec62056_21 import ShortNames, Value
from protocols.iec62056_21.profiles import Section
from protocols.iec62056_21.units import unit_of

_LARGEST = int(np.iinfo(np.int64).max)
"""A value beyond is cut to this, which no store takes: it is refused there, and told."""


class Quantity(NamedTuple):
    """`value` * 10**`scaler` in `unit`, which has no multiples any more."""

    value: int
    scaler: int
    unit: str


def quantity(value: Value, unit: str) -> Quantity | None:
    """The number in a value; None where there is none: what a meter could not measure is empty, or dashes."""
    symbol, power = unit_of(unit)
    try:
        number = value.number
    except RemoteProtocolError:
        return None
    return Quantity(number.value, number.exponent + power, symbol)


class _Cells:
    """The numbers of one column as they come in, and the rows they stand in."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.found: list[Quantity] = []

    def put(self, first: int, values: Sequence[Value], unit: str) -> None:
        """The values of consecutive rows from `first` on."""
        for row, value in enumerate(values, start=first):
            if (found := quantity(value, unit)) is not None:
                self.rows.append(row)
                self.found.append(found)

    @property
    def scaler(self) -> int:
        """The finest of all: in it every number is exact."""
        return min((each.scaler for each in self.found), default=0)

    def arrays(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Values in units of 10**`scaler`, and which are there, of `count` rows."""
        values, held, scaler = np.zeros(count, np.int64), np.zeros(count, np.bool_), self.scaler
        scaled = (each.value * 10 ** (each.scaler - scaler) for each in self.found)
        values[self.rows] = [min(max(value, -_LARGEST), _LARGEST) for value in scaled]
        held[self.rows] = True
        return values, held


def profile_rows(
    sections: Sequence[Section], names: ShortNames, layout: Layout, stretch: Stretch, zone: tzinfo
) -> ProfileRows:
    """The rows of the stretch, with the columns, units and interval that came with them.

    A column that only some sections have is not held in the others. Where the interval changed, the newest one tells;
    rows that do not fit it are no rows of an interval. Without rows the columns are those of `layout`.
    """
    if not sections:
        empty = np.zeros((sum(column.is_value for column in layout.columns), 0))
        no_rows = np.zeros(0)
        return ProfileRows(
            stretch, layout, no_rows.astype(np.int64), no_rows.astype(np.uint32), empty.astype(np.int64),
            empty.astype(np.bool_),
        )  # fmt: skip
    at = np.array([stamp for section in sections for stamp in section.stamps(zone)], np.int64)
    status = np.repeat(
        np.array([section.status for section in sections], np.uint32), [section.count for section in sections]
    )
    columns = _columns(sections)
    found = Layout(layout.obis, sections[-1].interval_min * 60, tuple(_named(columns, names)), known=False)
    arrays = [cells.arrays(len(at)) for cells in columns.values()]
    asked = (at >= stretch.start.timestamp()) & (at <= stretch.end.timestamp())
    shape = (len(columns), len(at))
    return ProfileRows(
        stretch=stretch,
        layout=found,
        at=at[asked],
        status=status[asked],
        values=np.array([values for values, _held in arrays], np.int64).reshape(shape)[:, asked],
        held=np.array([held for _values, held in arrays], np.bool_).reshape(shape)[:, asked],
    )


def log_entries(
    sections: Sequence[Section], names: Sequence[str], stretch: Stretch, zone: tzinfo
) -> tuple[LogEntry, ...]:
    """The entries of the stretch in the order of the log; `names` are the described columns besides the clock.

    The code of an entry is its column `code`, in a log without that column the status of the header.
    """
    seen: Counter[tuple[datetime, int]] = Counter()
    entries = []
    for at, status, row in _log_rows(sections, zone):
        if stretch.start <= at <= stretch.end:
            details = dict(zip((name for name in names if name != "clock"), map(_cell, row), strict=False))
            code = _code(details, status) if "code" in names else 0
            entries.append(LogEntry(at, code, seen[at, code], details))
            seen[at, code] += 1
    return tuple(entries)


def _columns(sections: Sequence[Section]) -> dict[tuple[str, str], _Cells]:
    """The columns by code and unit without multiples, in the order they come."""
    columns: dict[tuple[str, str], _Cells] = {}
    first = 0
    for section in sections:
        width = len(section.channels)
        for place, channel in enumerate(section.channels):
            cells = columns.setdefault((channel.name, unit_of(channel.unit)[0]), _Cells())
            cells.put(first, section.values[place::width], channel.unit)
        first += section.count
    return columns


def _named(columns: dict[tuple[str, str], _Cells], names: ShortNames) -> Iterator[Column]:
    for (code, unit), cells in columns.items():
        yield Column(REGISTER, names.obis(code), 2, cells.scaler, unit)


def _log_rows(sections: Sequence[Section], zone: tzinfo) -> Iterator[tuple[datetime, int, tuple[Value, ...]]]:
    for section in sections:
        for stamp, row in zip(section.stamps(zone), section.rows, strict=True):
            yield datetime.fromtimestamp(stamp, UTC), section.status, row


def _code(details: dict[str, int | str], status: int) -> int:
    """The code, taken out of the details; one that is no number stays there."""
    told = details.get("code", status)
    if not isinstance(told, int):
        return 0
    details.pop("code", None)
    return told


def _cell(value: Value) -> int | str:
    """A whole number as one, everything else as it was sent."""
    found = quantity(value, "")
    return found.value if found is not None and found.scaler == 0 else value.text
