"""When a device was without power, from what it said: pure functions over the signals of one device.

Devices tell of one power failure several times over: as it fails (a last gasp, often without a time of its own, so that
it has the time at which it came), in the event log (down, up), and in the log of long failures (end and length). All of
it may come late, doubled or in part. `outages` therefore knows no "next message": it is a function of all signals of a
stretch, whatever the order in which they came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

SAME = timedelta(minutes=2)
"""A last gasp this near to a power failure of the log is of that failure."""
LATE = timedelta(hours=1)
"""A last gasp that arrives so soon after power went was under way since then; a later one is of another failure."""


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """The power went (`down`) or came back at an instant. `gasp`: its time is that of arrival, not of the device."""

    at: datetime
    down: bool
    source: str
    gasp: bool = False
    point: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Interval:
    """Without power from `start` to `end`, None where no signal tells the end. `closed_by` is what told it."""

    start: datetime
    end: datetime | None
    opened_by: str
    closed_by: str = ""
    point: int | None = None


def outages(signals: Sequence[Signal], next_source: str) -> list[Interval]:
    """The power failures of one device, by start.

    A failure begins with the first "down" and ends with the first "up". Where another "down" comes without an "up"
    between them, power must have been back at some time: the first failure ends there, told by `next_source`. An "up"
    that follows none says nothing of how long it was, and makes no failure.
    """
    found: list[Interval] = []
    for signal in _in_order(_without_echoes(signals)):
        last = found[-1] if found else None
        if last is not None and last.end is None:
            if signal.gasp and signal.at - last.start <= LATE:
                continue
            found[-1] = replace(last, end=signal.at, closed_by=next_source if signal.down else signal.source)
        if signal.down:
            found.append(Interval(signal.at, None, signal.source, point=signal.point))
    return [interval for interval in found if interval.end is None or interval.end > interval.start]


def _without_echoes(signals: Sequence[Signal]) -> list[Signal]:
    """Each instant once, and only those gasps that no failure of the log and no earlier gasp explains."""
    exact = sorted({(s.at, s.down): s for s in sorted(signals, reverse=True) if not s.gasp}.values())
    downs = [s.at for s in exact if s.down]
    kept: list[Signal] = []
    for gasp in sorted(s for s in signals if s.gasp):
        near = any(abs(at - gasp.at) <= SAME for at in (*downs, *(other.at for other in kept)))
        if not near:
            kept.append(gasp)
    return sorted([*exact, *kept])


def _in_order(signals: Sequence[Signal]) -> Iterator[Signal]:
    """By time. Where power went and came back in one second, that order follows which fits what was before."""
    down = False
    for _at, group in groupby(signals, key=lambda signal: signal.at):
        together = sorted(group, key=lambda signal: signal.down, reverse=not down)
        yield from together
        down = together[-1].down
