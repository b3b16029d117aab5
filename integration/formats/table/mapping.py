"""The declared mapping of a table file: which column means what, in which time, unit and spelling of numbers.

A mapping is data: screens make it, `mapping_json` saves it, reader and writer follow it. A heading is named as it
stands in the file; case, surrounding blanks and a trailing remark in brackets do not matter (`headings.locate`).
"""

from __future__ import annotations

import collections.abc as abc
from dataclasses import dataclass, field
from enum import Enum

from integration.formats.portion import Kind

AUTO = "auto"
BLANKS = ("", "-", "n/a", "na", "null", "none", "nan", "#n/a")


class FileKind(Enum):
    """What the file is. Workbooks of before 2007 (`xls`) are not read."""

    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"


class Layout(Enum):
    """LONG: a row per value. WIDE_TIME: a row per instant, a column per series. WIDE_DAY: a row per series and day,
    a column per interval."""

    LONG = "long"
    WIDE_TIME = "wide_time"
    WIDE_DAY = "wide_day"


class Mark(Enum):
    """Which end of the interval the time of a row names. A stand is always at its instant."""

    START = "start"
    END = "end"


class Ambiguous(Enum):
    """The local hour that comes twice: told apart by the order of rows, by a column, always the first, or refused."""

    ORDER = "order"
    FLAG = "flag"
    FIRST = "first"
    REFUSE = "refuse"


class Nonexistent(Enum):
    """The local hour that does not come: refused, taken for the hour after it, or left out."""

    REFUSE = "refuse"
    SHIFT = "shift"
    DROP = "drop"


class OddDay(Enum):
    """How the columns of a row per day lie on a day of 23 or 25 hours.

    SEQUENCE: one interval after the other from midnight; spare columns stay empty at the end.
    CLOCK: a column per time of day: empty in the hour that does not come; the repeated hour in the spare columns at
    the end where the file has them.
    """

    SEQUENCE = "sequence"
    CLOCK = "clock"


class Misfit(Enum):
    """What to do with 24 hours of values on a day of 23 or 25 hours: REFUSE the day, or repair it by declared rule.

    DROP: the hour that does not come is left out; of the hour that comes twice the first gets the value.
    SPREAD: the sum of the day stays: what stands in the hour that does not come is added to the hour before it; what
    stands in the hour that comes twice is halved. For consumption only.
    """

    REFUSE = "refuse"
    DROP = "drop"
    SPREAD = "spread"


class HeadingPart(Enum):
    """What a word of the heading of a value column says (WIDE_TIME)."""

    POINT = "point"
    QUANTITY = "quantity"
    UNIT = "unit"
    SERIAL = "serial"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Source:
    """How to get rows out of the file; enough for `read_rows`.

    encoding    `auto`, or one of `text.ENCODINGS`
    delimiter   `auto`, or one of `, ; tab |`
    header_row  row of the headings, counted from 1; 0 = none, columns are then called 1, 2, 3 …
    sheet       name of the sheet; empty = the first
    """

    kind: FileKind = FileKind.CSV
    encoding: str = AUTO
    delimiter: str = AUTO
    quote: str = '"'
    header_row: int = 1
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Headings by meaning; empty = the file has no such column.

    time    date and time, or the date alone where `clock` is the column of the time of day
    kind    stand, consumption or instantaneous
    length  interval: `15 min`, or `single` for values each at its instant
    flag    tells which of two equal local hours a row belongs to (`Ambiguous.FLAG`)
    values  columns of values of the wide layouts; empty = all that mean nothing else, in their order
    """

    point: str = ""
    quantity: str = ""
    time: str = ""
    clock: str = ""
    value: str = ""
    unit: str = ""
    quality: str = ""
    serial: str = ""
    kind: str = ""
    length: str = ""
    flag: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixed:
    """What holds for all rows, or for those whose cell is empty. `quantity` is an OBIS code or a name of `Names`."""

    point: str = ""
    quantity: str = ""
    unit: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What the texts of this file mean.

    quantities  text of a quantity → OBIS code; OBIS codes themselves need no entry
    qualities   text of a quality → measured, suspect, estimated, edited, accepted or none (= no value); these words
                themselves need no entry
    heading     what the words of a value column's heading say, in their order (WIDE_TIME)
    separator   what stands between these words
    """

    quantities: abc.Mapping[str, str] = field(default_factory=dict)
    qualities: abc.Mapping[str, str] = field(default_factory=dict)
    heading: tuple[HeadingPart, ...] = (HeadingPart.POINT,)
    separator: str = " "


@dataclass(frozen=True, slots=True)
class Times:
    """How times are written and what they mean.

    format      `auto`, a pattern as `dd.mm.yyyy HH:MM` (`times.PATTERN_TOKENS`), or a name of `times.COUNTED`
    zone        `UTC`, a fixed offset as `+02:00`, or an IANA name; a time with an offset of its own keeps it
    first       texts of the flag column that mean the first of two equal hours (daylight saving time)
    interval_s  seconds; 0 = register values, each at its instant; None = found in the file
    """

    format: str = AUTO
    mark: Mark = Mark.START
    zone: str = "UTC"
    ambiguous: Ambiguous = Ambiguous.ORDER
    first: tuple[str, ...] = ("1", "A", "S", "DST", "summer")
    nonexistent: Nonexistent = Nonexistent.REFUSE
    odd_day: OddDay = OddDay.SEQUENCE
    misfit: Misfit = Misfit.REFUSE
    interval_s: int | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written.

    decimal    `auto`, `.` or `,`
    thousands  empty, or one of `. , ' space`
    negative   whether values below zero are taken
    blanks     texts that mean "no value", in any case
    factor     every value is multiplied by this decimal number: a transformer ratio, say
    """

    decimal: str = AUTO
    thousands: str = ""
    negative: bool = False
    blanks: tuple[str, ...] = BLANKS
    factor: str = "1"


@dataclass(frozen=True, slots=True)
class Mapping:
    """All that is declared about a table of readings. `kind` None = told by a column or the OBIS code."""

    source: Source = Source()
    layout: Layout = Layout.LONG
    columns: Columns = Columns()
    fixed: Fixed = Fixed()
    names: Names = field(default_factory=Names)
    times: Times = Times()
    numbers: Numbers = Numbers()
    kind: Kind | None = None
