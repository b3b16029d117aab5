"""Readings on their way in or out of a file: columns of values, and what is to be said about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

NO_VALUE = int(np.iinfo(np.int64).min)
"""A slot the file names without a value, as in `metering.store`: it changes nothing."""


class Kind(Enum):
    """What a value is, in the words of the value store."""

    STAND = "stand"
    CONSUMPTION = "consumption"
    INSTANTANEOUS = "instantaneous"


@dataclass(frozen=True, slots=True)
class Channel:
    """Whose values, of what, in which rhythm and unit, as the file says.

    point       identification of the metering point: GSRN, NMI, usage point
    name        what the format calls the quantity: a NEM suffix (`E1`), a column heading, an ESPI reading type
    obis, unit  the measured property it is kept as: OBIS code and unit in our spelling (`Wh`, `m3`, `varh`)
    interval_s  length of an interval; 0 for register values, each at its own instant
    exponent    values are integers of 10^exponent units
    source      serial number of the meter where the file names it; empty for consumption
    """

    point: str
    name: str
    obis: str
    unit: str
    kind: Kind
    interval_s: int
    exponent: int
    source: str = ""


class Severity(Enum):
    """ERROR: the value or row is not taken. REPAIRED: it is taken, changed by a declared rule. NOTE: worth knowing."""

    ERROR = "error"
    REPAIRED = "repaired"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where. `line` counts from 1 (rows of a sheet, lines of a text, lines of the element in XML);
    `column` is the number from 1 or the heading, empty for the whole line; `text` what stands there, cut short."""

    line: int
    reason: str
    column: str = ""
    text: str = ""
    severity: Severity = Severity.ERROR
    values: int = 1


@dataclass(frozen=True, slots=True)
class Remark:
    """Words that belong to a period of a channel and are kept as a comment: NEM reason descriptions, B2B details.

    `start`, `end` in seconds since 1970 UTC, end excluded; `kind` tells a program how to read `text`.
    """

    channel: int
    start: int
    end: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """A bounded part of a file, in its order; all arrays (m,).

    channels  the channels of this portion; `channel` int32 tells which one each value belongs to
    at        int64, seconds since 1970 UTC: start of the interval, or the instant of a register value
    values    int64, integers of 10^exponent of the channel; `NO_VALUE` = named without a value
    quality   uint8, codes of `metering.quality`
    status    uint32, the status the source gave: raw, so that writing the file again restores it
    lines     int64, where each value stands, for messages
    position  octets of the file read when the portion was complete: how far, and where to go on
    rows      rows (or elements) this portion was made from
    """

    channels: tuple[Channel, ...]
    channel: NDArray[np.int32]
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]
    lines: NDArray[np.int64]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Remark, ...] = ()
    position: int = 0
    rows: int = 0

    def __len__(self) -> int:
        return len(self.at)

    @property
    def present(self) -> NDArray[np.bool_]:
        """bool (m,): values the file gives."""
        present: NDArray[np.bool_] = self.values != NO_VALUE
        return present

    @property
    def unread(self) -> int:
        """How many more values its errors say the file has; they are not among `values`."""
        return sum(problem.values for problem in self.problems if problem.severity is Severity.ERROR)


class Reader(Protocol):
    """What every format offers for reading: iterate once. `header` is complete after the first portion.

    A reader never raises for what a file contains: what cannot be read becomes a `Problem`, and what follows goes on if
    that makes sense; a file that is not of the format at all gives one portion with one problem. Portions hold at most
    about `PORTION_VALUES` values; memory is bounded by that, not by the file.
    """

    @property
    def header(self) -> Mapping[str, str]: ...

    def __iter__(self) -> Iterator[Portion]: ...


PORTION_VALUES = 500_000
MOST_DIGITS = 15
"""Digits of a value: more do not fit the store and are refused by name."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a writer puts at the top of a file: who sends to whom, made when (seconds since 1970 UTC)."""

    sender: str = "OPENAIM"
    receiver: str = ""
    made_at: int = 0
    title: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
