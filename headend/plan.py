"""What one session shall read, and what it brought home. Plain data between planning, driver and storing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from headend.clock import Correction
from headend.network import NetworkState
from headend.recording import Recording
from protocols.dlms.obis import Obis

AHEAD = timedelta(days=1)
"""A row this far ahead is kept where it says: a clock in the wrong zone or season makes it. Beyond, the clock is lost:
such rows would make partitions for months nobody reads, and days that look complete long before they come."""
END_OF_TIME_S = 7_258_118_400
"""2200, in epoch seconds: no device of today lives to tell of more, and no calendar computes with the year 9999."""


@dataclass(frozen=True, slots=True)
class Column:
    """A captured attribute of a profile, with scaler and unit where it is a register."""

    class_id: int
    obis: Obis
    attribute: int
    scaler: int | None = None
    unit: str | None = None

    @property
    def is_value(self) -> bool:
        return self.unit is not None


REGISTERS = Obis(bytes(6))
"""No object has this name: a layout of it holds scaler and unit of the registers that are read one by one."""

NAMES = Obis(b"\xff" * 6)
"""No object has this name either: a layout of it is the map of a meter with short names, an object a column, with its
base name as `attribute` and its version as `scaler`."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one profile as the meter gave them; `known` when they came from the database."""

    obis: Obis
    interval_s: int
    columns: tuple[Column, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of one buffer from `start` to `end`, both included, in meter time."""

    obis: Obis
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one session, in the order a session does them."""

    identification: bool = False
    registers: tuple[Obis, ...] = ()
    profiles: tuple[Stretch, ...] = ()
    logs: tuple[Stretch, ...] = ()
    meter_list: bool = False
    network: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ProfileRows:
    """Rows of one stretch: `at` int64 (m,) epoch seconds, `status` uint32 (m,), `values` int64
    (value columns, m).

    `held` bool (columns, m) is False where the meter sent no number.
    """

    stretch: Stretch
    layout: Layout
    at: NDArray[np.int64]
    status: NDArray[np.uint32]
    values: NDArray[np.int64]
    held: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RegisterValue:
    """A register as read: `value` * 10**`scaler` in `unit`."""

    obis: Obis
    value: int
    scaler: int
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of an event log; `ordinal` counts entries with the same time and code."""

    at: datetime
    code: int
    ordinal: int
    details: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogEntries:
    """The entries of one log over one stretch."""

    stretch: Stretch
    entries: tuple[LogEntry, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One meter in the list of a concentrator: its physical device address there and its system title (capital hex),
    its serial number, and when it was registered there. What the list does not tell is empty.
    """

    address: str
    serial_number: str = ""
    system_title: str = ""
    since: datetime | None = None


@dataclass(slots=True)
class Readings:
    """What a session brought home. Every element is complete: a part that was cut is not here.

    `meters`: all that a concentrator lists; None where it was not asked.
    """

    clock_offset_s: float | None = None
    correction: Correction | None = None
    identification: dict[str, str] = field(default_factory=dict)
    layouts: list[Layout] = field(default_factory=list)
    registers: list[RegisterValue] = field(default_factory=list)
    profiles: list[ProfileRows] = field(default_factory=list)
    logs: list[LogEntries] = field(default_factory=list)
    meters: tuple[Listed, ...] | None = None
    network: NetworkState | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a session, for the trace a person reads."""

    name: str
    seconds: float
    octets: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """How one attempt went: empty `cause` when well; what went over the line where the job keeps it."""

    started_at: datetime
    seconds: float
    address: str
    steps: tuple[Step, ...]
    sent: int
    received: int
    cause: str = ""
    detail: str = ""
    recording: Recording | None = None
