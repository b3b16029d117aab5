"""The measured curves: complete days of real homes at 15 minutes, and which of them a calendar day plays."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.seeds import mixed_array
from simulator.split import split_intervals

CURVES = ("home-0", "home-1", "home-2")
QUARTERS = 96
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
CHOICES = 3
YEAR = 365.25
_SOURCE = Path(__file__).parent / "data" / "curves.npz"

Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Curve:
    """One home: `energy` in Wh, shape (source days, 96); `choice` ranks source days by weekday and day of the year."""

    energy: NDArray[np.int64]
    choice: NDArray[np.int64]

    def source_days(self, days: Days, variant: int) -> Days:
        """Row of `energy` that each civil day (days since 1970-01-01) plays.

        A day plays one of the `CHOICES` source days of its weekday that lie nearest in the season; the variant and
        the day decide which, so that neither two years nor two variants are copies of each other.
        """
        weekday = (days + 3) % 7
        season = ((days % YEAR).astype(np.int64)) % 366
        rank = (mixed_array(variant, days) % np.uint64(CHOICES)).astype(np.int64)
        return np.asarray(self.choice[weekday, season, rank], dtype=np.int64)


def _nearest_days(ordinals: NDArray[np.int64]) -> NDArray[np.int64]:
    """For 7 weekdays x 366 days of the year the nearest source days of that weekday, best first."""
    days = ordinals - EPOCH_ORDINAL
    season, weekday = days % YEAR, (days + 3) % 7
    choice = np.empty((7, 366, CHOICES), np.int64)
    for day in range(7):
        rows = np.flatnonzero(weekday == day)
        apart = np.abs(season[rows][None, :] - np.arange(366)[:, None])
        apart = np.minimum(apart, YEAR - apart)
        choice[day] = rows[np.argsort(apart, axis=1, kind="stable")[:, :CHOICES]]
    return choice


@cache
def curve(name: str) -> Curve:
    """The curve of a home, loaded once; raises KeyError for a name not in `CURVES`."""
    with np.load(_SOURCE, allow_pickle=False) as stored:
        ordinals, energy = stored[f"{name}.days"].astype(np.int64), stored[f"{name}.energy"].astype(np.int64)
    quarters = split_intervals(energy.reshape(-1), QUARTERS // energy.shape[1])
    return Curve(quarters.reshape(-1, QUARTERS), _nearest_days(ordinals))


def measured_days(name: str) -> Days:
    """The days (since 1970-01-01) of the rows of `energy` of a home, ascending; KeyError as `curve`."""
    with np.load(_SOURCE, allow_pickle=False) as stored:
        days: Days = stored[f"{name}.days"].astype(np.int64) - EPOCH_ORDINAL
    return days
