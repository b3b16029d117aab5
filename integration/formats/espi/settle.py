"""From readings of a meter reading to values of channels: instants, lengths, qualities, and what is refused.

Rules, each with its severity:
* start before 2000 or after 2099: ERROR;
* start off the grid of its length, counted from midnight UTC: ERROR;
* length other than the intervalLength of the reading type: NOTE, and a channel of its own;
* a negative consumption where the flow has one direction: NOTE, validation decides;
* a quality outside the standard: NOTE, suspect;
* readings earlier than the ones before: NOTE.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.channel_values import ChannelValues
from integration.formats.espi import quality
from integration.formats.espi.columns import ABSENT, Columns
from integration.formats.espi.directory import Meter
from integration.formats.espi.limits import EARLIEST, LATEST
from integration.formats.espi.problems import Problems
from integration.formats.portion import NO_VALUE, Channel, Kind, Problem, Severity

DAY_S = 86_400
_SHORTEST, _LONGEST = 60, 79_200
"""Lengths of profiles. A day of local time has 23 to 25 hours and is no slot of a UTC day: it is a register value."""
_NET = 4
_STRANGE = np.ones(quality.HIGHEST + 1, dtype=np.bool_)
_STRANGE[list(quality.MEANINGS)] = False


@dataclass(frozen=True, slots=True, eq=False)
class Stretch(ChannelValues):
    """Values of one channel, the status their ESPI code, with the line of each, (m,), and the length of all in s."""

    lines: NDArray[np.int64]
    length: int


def settle(meter: Meter, columns: Columns, problems: Problems) -> Iterator[Stretch]:
    """The values of these readings, one stretch for every length of interval. `columns.start` is complete."""
    columns = _datable(columns, problems)
    declared = meter.reading_type.interval_s
    lengths = np.where(columns.duration > 0, columns.duration, declared)
    if meter.measured.kind is Kind.STAND:
        yield from _stretch(meter, columns, declared, columns.start + np.maximum(columns.duration, 0), problems)
        return
    for length in _distinct(lengths):
        chosen = lengths == length
        part = columns if chosen.all() else columns.take(chosen)
        if declared not in (0, length):
            note = f"intervals of {length} s in a reading type of {declared} s"
            problems.add(Problem(int(part.line[0]), note, "duration", "", Severity.NOTE, len(part)))
        yield from _stretch(meter, part, length, part.start, problems)


def _distinct(lengths: NDArray[np.int64]) -> list[int]:
    if not len(lengths):
        return []
    return [int(lengths[0])] if (lengths == lengths[0]).all() else list(dict.fromkeys(lengths.tolist()))


def _datable(columns: Columns, problems: Problems) -> Columns:
    """Without the readings of other centuries."""
    wrong = (columns.start < EARLIEST) | (columns.start >= LATEST)
    if not wrong.any():
        return columns
    problems.each(wrong, columns.line, "starts before 2000 or after 2099", "start", columns.start)
    return columns.take(~wrong)


def _stretch(
    meter: Meter, columns: Columns, length: int, at: NDArray[np.int64], problems: Problems
) -> Iterator[Stretch]:
    interval = profile_interval(length)
    if interval:
        off = at % interval != 0
        if off.any():
            reason = "does not begin where an interval of its length begins, counted from midnight UTC"
            problems.each(off, columns.line, reason, "start", columns.start)
            columns, at = columns.take(~off), at[~off]
    if not len(columns):
        return
    codes = _codes(meter, columns, problems)
    _note_negatives(meter, columns, problems)
    kind, what = meter.reading_type, meter.measured
    yield Stretch(
        Channel(meter.point, kind.name, what.obis, what.unit, what.kind, interval, kind.exponent + what.shift),
        at, columns.value, quality.qualities(codes), codes.astype(np.uint32), columns.line, length,
    )  # fmt: skip


def profile_interval(length: int) -> int:
    """The length of a slot of a profile series, 0 where values of this length are register values."""
    return length if _SHORTEST <= length <= _LONGEST and DAY_S % length == 0 else 0


def _codes(meter: Meter, columns: Columns, problems: Problems) -> NDArray[np.int64]:
    default = meter.reading_type.quality if 0 <= meter.reading_type.quality <= quality.HIGHEST else 0
    codes = np.where(columns.quality == ABSENT, default, columns.quality)
    strange = _STRANGE[codes]
    if strange.any():
        reason = "a quality the standard does not know: suspect"
        problems.each(strange, columns.line, reason, "quality", codes, Severity.NOTE)
    return codes


def _note_negatives(meter: Meter, columns: Columns, problems: Problems) -> None:
    if meter.measured.kind is not Kind.CONSUMPTION or meter.reading_type.flow == _NET:
        return
    negative = (columns.value < 0) & (columns.value != NO_VALUE)
    if negative.any():
        reason = "negative values of a quantity with one direction: taken as they are"
        first = int(np.argmax(negative))
        text, count = str(int(columns.value[first])), int(negative.sum())
        problems.add(Problem(int(columns.line[first]), reason, "value", text, Severity.NOTE, count))
