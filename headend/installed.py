"""Where a device hung, and when: what was measured belongs to the metering point of that time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

NOWHERE = 0
"""No metering point has this id."""
_BEGINNING, _OPEN = int(np.iinfo(np.int64).min), int(np.iinfo(np.int64).max)


class _Period(Protocol):
    @property
    def lower(self) -> datetime | None: ...
    @property
    def upper(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Installed:
    """The installations of one device in order of time, all int64 (n,): `starts` and `ends` (excluded) in epoch
    seconds, `points` the ids of the metering points.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    points: NDArray[np.int64]

    @classmethod
    def of(cls, installations: Iterable[tuple[_Period, int]]) -> "Installed":
        """From periods with the metering point of each, in any order."""
        rows = sorted(
            (_second(period.lower, _BEGINNING), _second(period.upper, _OPEN), point) for period, point in installations
        )
        table = np.array(rows, np.int64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def points_at(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """The metering point at each instant (epoch seconds), `NOWHERE` where the device hung at none; same shape."""
        if not self.starts.size:
            return np.full(at.shape, NOWHERE, np.int64)
        row = np.searchsorted(self.starts, at, side="right") - 1
        return np.where((row >= 0) & (at < self.ends[row]), self.points[row], NOWHERE)

    def point_throughout(self, first: int, last: int) -> int:
        """The metering point from one instant to another (epoch seconds), both included; `NOWHERE` where it hung at
        none, or not at one all the time.
        """
        rows = zip(self.starts.tolist(), self.ends.tolist(), self.points.tolist(), strict=True)
        return next((point for start, end, point in rows if start <= first and last < end), NOWHERE)

    def spans(self, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
        """The parts of `first` to `last` in which the device hung somewhere, in whole seconds, both ends included."""
        starts = np.maximum(self.starts, _second(first, _BEGINNING)).tolist()
        ends = np.minimum(self.ends - 1, int(last.timestamp())).tolist()
        return [(_instant(start), _instant(end)) for start, end in zip(starts, ends, strict=True) if start <= end]


def _second(at: datetime | None, unbounded: int) -> int:
    """The first whole second not before `at`."""
    return unbounded if at is None else ceil(at.timestamp())


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
