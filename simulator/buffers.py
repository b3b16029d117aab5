"""Profile objects (class 7): which columns each captures and how a selection becomes rows."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.columns import IntegerColumn, RowColumn, encode_rows
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import array, double_long_unsigned, enum, integer, long_unsigned, octet_string, structure
from protocols.dlms.obis import Obis
from protocols.dlms.selection import CLOCK, Capture, Entries, Range
from protocols.dlms.server import TableObject
from protocols.dlms.services.get import Result
from protocols.dlms.tags import DataAccessResult, Tag
from simulator.compressed import encode_compressed
from simulator.eventlog import FAILURE_ENTRIES, LOG_ENTRIES, LogEntry, failure_log, standard_log
from simulator.fleet import SWAPPED_OCTET_STRING, TO_ENTRY_ZERO_IGNORED
from simulator.household import QUARTER
from simulator.localtime import DAY
from simulator.meter import Meter
from simulator.models import MODELS
from simulator.profiles import DAILY_DEPTH, HOUR, LOAD_DEPTH, Rows
from simulator.slaves import EXTENDED_REGISTER
from simulator.stamps import StampColumn

CLASS, VERSION = 7, 1
MAX_CHANNELS = 4
FIFO = 1
ALWAYS = (0, 1 << 40)
NO_SORT_OBJECT = structure(long_unsigned(0), octet_string(bytes(6)), integer(0), long_unsigned(0))

Columns = list[NDArray[np.int64]]


def _capture(class_id: int, obis: str) -> Capture:
    return Capture(Attribute(class_id, Obis.parse(obis), 2))


@dataclass(frozen=True, slots=True)
class Layout:
    """What a profile is: its name, columns with their types on the wire, period in seconds and size in rows."""

    obis: Obis
    captures: tuple[Capture, ...]
    tags: tuple[Tag, ...]
    period: int
    entries: int
    fetch: Callable[[Meter, int, int], Columns]


def _load(meter: Meter, start: int, end: int) -> Columns:
    rows = meter.recording.load_rows(meter.now(), start, end)
    return [*_heads(rows), rows.stands.imported, rows.stands.export]


def _daily(meter: Meter, start: int, end: int) -> Columns:
    rows = meter.recording.daily_rows(meter.now(), start, end)
    stands = rows.stands
    return [*_heads(rows), stands.imported, stands.export, stands.import_t1, stands.import_t2]


def _heads(rows: Rows) -> Columns:
    return [rows.stamps, rows.status.astype(np.int64)]


def _hourly(channel: int) -> Callable[[Meter, int, int], Columns]:
    """What the master keeps of the slave meter on a channel."""

    def rows_of(meter: Meter, start: int, end: int) -> Columns:
        rows = meter.slaves[channel].recording.hourly_rows(meter.now(), start, end)
        return [*_heads(rows), rows.stands.imported, rows.captured]

    return rows_of


def _events(meter: Meter, start: int, end: int) -> Columns:
    return _log_columns(standard_log(meter.recording, meter.spec.seed, meter.now()), start, end)


def _failures(meter: Meter, start: int, end: int) -> Columns:
    return _log_columns(failure_log(meter.recording, meter.now()), start, end)


def _log_columns(entries: list[LogEntry], start: int, end: int) -> Columns:
    chosen = [entry for entry in entries if start <= entry.stamp <= end]
    return [np.array([e.stamp for e in chosen], np.int64), np.array([e.value for e in chosen], np.int64)]


STATUS = _capture(1, "0-0:96.10.1")
ENERGY = tuple(_capture(3, obis) for obis in ("1-0:1.8.0", "1-0:2.8.0", "1-0:1.8.1", "1-0:1.8.2"))
STAND = Tag.DOUBLE_LONG_UNSIGNED
LAYOUTS = (
    Layout(
        Obis.parse("1-0:99.1.0"),
        (CLOCK, STATUS, *ENERGY[:2]),
        (Tag.OCTET_STRING, Tag.UNSIGNED, STAND, STAND),
        QUARTER,
        LOAD_DEPTH // QUARTER,
        _load,
    ),
    Layout(
        Obis.parse("1-0:99.2.0"),
        (CLOCK, STATUS, *ENERGY),
        (Tag.OCTET_STRING, Tag.UNSIGNED, STAND, STAND, STAND, STAND),
        DAY,
        DAILY_DEPTH // DAY,
        _daily,
    ),
    Layout(
        Obis.parse("0-0:99.98.0"),
        (CLOCK, _capture(1, "0-0:96.11.0")),
        (Tag.OCTET_STRING, Tag.UNSIGNED),
        0,
        LOG_ENTRIES,
        _events,
    ),
    Layout(
        Obis.parse("1-0:99.97.0"),
        (CLOCK, _capture(3, "0-0:96.7.19")),
        (Tag.OCTET_STRING, Tag.DOUBLE_LONG_UNSIGNED),
        0,
        FAILURE_ENTRIES,
        _failures,
    ),
)


def _swapped(captures: Encoded) -> Encoded:
    """Capture objects with type and length of every logical name swapped, as ZMF100 firmware writes them."""
    return Encoded(re.sub(rb"\x09\x06(.{5}\xff)", b"\x06\x09\\1", captures, flags=re.DOTALL))


@cache
def slave_layout(channel: int) -> Layout:
    """The hourly profile of the slave meter on an M-Bus channel: clock, status, stand and when it was taken."""
    value = Obis.parse(f"0-{channel}:24.2.1")
    stand, taken_at = (Capture(Attribute(EXTENDED_REGISTER, value, index)) for index in (2, 5))
    return Layout(
        Obis.parse(f"0-{channel}:24.3.0"),
        (CLOCK, _capture(1, f"0-{channel}:96.10.3"), stand, taken_at),
        (Tag.OCTET_STRING, Tag.UNSIGNED, STAND, Tag.OCTET_STRING),
        HOUR,
        LOAD_DEPTH // HOUR,
        _hourly(channel),
    )


# The attributes that are the same in every meter, encoded once.
FIXED: dict[Obis, dict[int, Encoded]] = {
    layout.obis: {
        3: array(capture.encode() for capture in layout.captures),
        4: double_long_unsigned(layout.period),
        5: enum(FIFO),
        6: NO_SORT_OBJECT,
        8: double_long_unsigned(layout.entries),
    }
    for layout in (*LAYOUTS, *(slave_layout(channel) for channel in range(1, MAX_CHANNELS + 1)))
}

SWAPPED = {obis: {**fixed, 3: _swapped(fixed[3])} for obis, fixed in FIXED.items()}


def profile_object(meter: Meter, layout: Layout) -> TableObject:
    """A profile of a meter; its buffer takes no selection, a range of the clock, or entries."""
    fixed = SWAPPED[layout.obis] if SWAPPED_OCTET_STRING in meter.spec.quirks else FIXED[layout.obis]
    return TableObject(
        CLASS,
        VERSION,
        layout.obis,
        {**fixed, 7: lambda: double_long_unsigned(len(layout.fetch(meter, *ALWAYS)[0]))},
        selected={2: lambda selection: buffer(meter, layout, selection)},
    )


def buffer(meter: Meter, layout: Layout, selection: Range | Entries | None) -> Result:
    """Rows and columns a selection asks for, encoded; TYPE_UNMATCHED for a selection this profile does not know."""
    if isinstance(selection, Range):
        return _by_range(meter, layout, selection)
    columns = layout.fetch(meter, *ALWAYS)
    if selection is None:
        return _encoded(meter, layout, columns, range(len(columns)))
    ends_early = TO_ENTRY_ZERO_IGNORED in meter.spec.quirks
    rows = slice(max(selection.first - 1, 0), selection.last if ends_early else selection.last or None)
    chosen = range(len(columns))[max(selection.first_column - 1, 0) : selection.last_column or None]
    return _encoded(meter, layout, [column[rows] for column in columns], chosen)


def _by_range(meter: Meter, layout: Layout, asked: Range) -> Result:
    start, end = asked.start, asked.end
    if asked.restricting != CLOCK or not isinstance(start, datetime) or not isinstance(end, datetime):
        return DataAccessResult.TYPE_UNMATCHED
    if not set(asked.columns) <= set(layout.captures):
        return DataAccessResult.OBJECT_UNDEFINED
    chosen = [layout.captures.index(capture) for capture in asked.columns or layout.captures]
    # A row lies in the range when start <= stamp <= end; stamps are whole seconds.
    columns = layout.fetch(meter, -int(-start.timestamp() // 1), int(end.timestamp() // 1))
    return _encoded(meter, layout, columns, chosen)


def _encoded(meter: Meter, layout: Layout, columns: Columns, chosen: Sequence[int]) -> Encoded:
    rows = [_column(meter, layout.tags[position], columns[position]) for position in chosen]
    if layout.period == QUARTER and MODELS[meter.spec.model].compresses:
        steps = [layout.period if layout.captures[position] == CLOCK else 0 for position in chosen]
        return encode_compressed(rows, [columns[position] for position in chosen], steps)
    return encode_rows(rows)


def _column(meter: Meter, tag: Tag, values: NDArray[np.int64]) -> RowColumn:
    """Octet-strings in our profiles are clocks."""
    return StampColumn(values, meter.recording.zone) if tag is Tag.OCTET_STRING else IntegerColumn(tag, values)
