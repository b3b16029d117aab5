"""Where a finding is: its bitmap of intervals as instants and as stretches of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.intervals import local_day, to_instant, to_seconds
from validation.models import Finding

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` up to `end` (UTC, excluded)."""

    start: datetime
    end: datetime


def pack(failing: Bools) -> bytes:
    """The bitmap of the intervals (slots,) of a local day, as `Finding.slots` keeps it."""
    return np.packbits(failing).tobytes()


def failing(finding: Finding, slots: int) -> Bools:
    """bool (slots,): the intervals of the local day the finding is about."""
    bits = np.unpackbits(np.frombuffer(bytes(finding.slots), np.uint8))[:slots]
    return np.pad(bits, (0, slots - len(bits))).astype(np.bool_)


def zone_of(finding: Finding) -> ZoneInfo:
    """The zone whose days are meant: that of the utility."""
    zone: ZoneInfo = finding.series.metering_point.utility.zone
    return zone


def day_of(finding: Finding) -> Stretch:
    """The local day, of 23, 24 or 25 hours."""
    return Stretch(*local_day(finding.day, zone_of(finding)))


def instants(finding: Finding) -> Ints:
    """int64 (m,), seconds since 1970: where each of its intervals begins; for a register value its instant."""
    step = finding.series.interval_s
    if not step:
        return np.array([to_seconds(finding.first_at)], np.int64)
    day = day_of(finding)
    starts = np.arange(to_seconds(day.start), to_seconds(day.end), step, dtype=np.int64)
    return starts[failing(finding, len(starts))]


def stretches(finding: Finding) -> list[Stretch]:
    """Its intervals as stretches, those that touch as one, in order of time."""
    at, step = instants(finding), finding.series.interval_s or 1
    if not len(at):
        return []
    begins = np.flatnonzero(np.diff(at, prepend=at[0] - 2 * step) != step)
    ends = np.append(begins[1:], len(at)) - 1
    return [
        Stretch(to_instant(int(at[first])), to_instant(int(at[last]) + step))
        for first, last in zip(begins, ends, strict=True)
    ]


def whole(finding: Finding) -> Stretch:
    """From its first interval to the end of its last."""
    parts = stretches(finding)
    if parts:
        return Stretch(parts[0].start, parts[-1].end)
    return Stretch(finding.first_at, finding.first_at + timedelta(seconds=max(finding.series.interval_s, 1)))
