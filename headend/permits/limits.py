"""Limits of segments, and what of each is kept for on-demand reading."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil

from headend.models import SegmentLimit
from headend.permits.segments import Segment

RESERVED_SHARE = 0.2
"""So much of every limit is for on-demand sessions alone, as far as something is left for the others."""
LIMITS_LAST_S = 5.0
"""A changed limit counts after so long at the latest."""


def reserved(most: int) -> int:
    """How much of `most` is reserved: 0 of 1, 1 of 2 to 5, 2 of 6 to 10, and so on."""
    return min(ceil(most * RESERVED_SHARE), most - 1)


@dataclass(frozen=True, slots=True)
class Limit:
    """Sessions at once and new connections per second; None does not limit."""

    sessions: int | None
    per_second: float | None

    @property
    def burst(self) -> int:
        """New connections that may follow each other at once after a quiet time: those of one second."""
        return max(1, ceil(self.per_second or 0))

    def room(self, *, urgent: bool) -> int | None:
        """Sessions at once for on-demand reading, or for the rest."""
        if self.sessions is None or urgent:
            return self.sessions
        return self.sessions - reserved(self.sessions)

    def spare(self, *, urgent: bool) -> int:
        """New connections that must be left over behind each one that is made."""
        return 0 if urgent else reserved(self.burst)

    def share(self, workers: int) -> "Limit":
        """What one of so many workers may use when they cannot ask each other; never nothing."""
        return Limit(
            None if self.sessions is None else max(1, self.sessions // workers),
            None if self.per_second is None else self.per_second / workers,
        )


Limits = Mapping[Segment, Limit]
"""By segment; a segment without a name stands for all of its kind."""


def limit_of(limits: Limits, segment: Segment) -> Limit | None:
    """Its own limit, else that of its kind, else None."""
    return limits.get(segment) or limits.get(Segment(segment.kind, ""))


def read_limits() -> Limits:
    """The limits on file. One query over a small table."""
    rows = SegmentLimit.objects.exclude(sessions=None, per_second=None)
    return {Segment(row.kind, row.name): Limit(row.sessions, row.per_second) for row in rows}


@dataclass
class FreshLimits:
    """Limits that are read again when they are older than `LIMITS_LAST_S`."""

    clock: Callable[[], float] = time.monotonic
    _limits: Limits = field(default_factory=dict, init=False)
    _good_until: float = field(default=float("-inf"), init=False)

    def __call__(self) -> Limits:
        now = self.clock()
        if now >= self._good_until:
            self._limits, self._good_until = read_limits(), now + LIMITS_LAST_S
        return self._limits
