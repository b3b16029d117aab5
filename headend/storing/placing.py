"""Where the rows of a profile belong: each to the metering point the device hung at in that instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from headend.installed import NOWHERE
from headend.plan import AHEAD
from headend.storing.outcome import Outcome, Remark, known_of
from metering.quality import Quality

LOST_CLOCK_ROWS = 60
"""So many of the last rows of a lost clock are kept, one in each second of the minute before the session, because
their own time says nothing. A meter that ignores the range it is asked for may send its whole buffer every time."""

_ELSEWHERE = "rows from when the device was installed nowhere, left in the meter"
_LOST_KEPT = "rows with a time more than a day ahead, kept as suspect on-demand values of the time of reading"
_LOST_LEFT = "older rows with a time more than a day ahead, left in the meter"


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The rows of a profile as they are to be stored, all (m,).

    `at` int64 epoch seconds, `quality` uint8, `points` int64 with NOWHERE for rows that are not stored, `spontaneous`
    bool for rows that fit no interval or have no time of their own.
    """

    at: NDArray[np.int64]
    quality: NDArray[np.uint8]
    points: NDArray[np.int64]
    spontaneous: NDArray[np.bool_]
    remarks: tuple[Remark, ...]

    def shares(self) -> Iterator[tuple[int, bool, NDArray[np.bool_]]]:
        """Metering point, whether spontaneous, and which rows (m,): one share, as a rule."""
        for point in np.unique(self.points[self.points != NOWHERE]).tolist():
            there = self.points == point
            for spontaneous in (False, True):
                rows = there & (self.spontaneous == spontaneous)
                if rows.any():
                    yield point, spontaneous, rows


def place_rows(outcome: Outcome, at: NDArray[np.int64], quality: NDArray[np.uint8], interval_s: int) -> Placed:
    """Place the rows of one profile; `interval_s` is 0 for a profile whose values belong to their instant."""
    installed = known_of(outcome).installed
    lost = at > _second(outcome.trace.started_at + AHEAD)
    off_grid = (at % interval_s != 0) if interval_s else np.zeros(at.shape, np.bool_)
    if not lost.any():
        points = installed.points_at(at)
        return Placed(at, quality, points, off_grid, tuple(_remarks(outcome, points, lost, lost)))
    kept = np.zeros(at.shape, np.bool_)
    kept[np.flatnonzero(lost)[-LOST_CLOCK_ROWS:]] = True
    believed = at.copy()
    believed[kept] = _second(outcome.trace.started_at) - np.arange(int(kept.sum()), 0, -1)
    points = np.where(lost & ~kept, NOWHERE, installed.points_at(believed))
    codes = np.where(lost, np.uint8(Quality.SUSPECT), quality)
    return Placed(believed, codes, points, off_grid | lost, tuple(_remarks(outcome, points, lost, kept)))


def read_until(outcome: Outcome, at: NDArray[np.int64]) -> int | None:
    """The newest of these instants up to the session at which the device hung somewhere; None when there is none.

    What lies ahead of our clock is no progress: true rows of those times are still to come.
    """
    until, installed = _second(outcome.trace.started_at), known_of(outcome).installed
    newest = int(at.max()) if at.size else until + 1
    if newest <= until and installed.point_throughout(newest, newest) != NOWHERE:
        return newest
    past = at[at <= until]
    stored = past[installed.points_at(past) != NOWHERE]
    return int(stored.max()) if stored.size else None


def _remarks(
    outcome: Outcome, points: NDArray[np.int64], lost: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> Iterator[Remark]:
    nowhere = points == NOWHERE
    said = [
        (_ELSEWHERE, nowhere & (kept | ~lost), True),
        (_LOST_KEPT, kept & ~nowhere, False),
        (_LOST_LEFT, lost & ~kept, True),
    ]
    return (Remark(outcome.item.pk, int(rows.sum()), words, refused) for words, rows, refused in said if rows.any())


def _second(at: datetime) -> int:
    return int(at.timestamp())
