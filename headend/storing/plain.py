"""Profiles with nothing special about them, which are most: found among many at once, so that no row is looked at.

Plain rows hung at one metering point from the first to the last, lie on the grid of their profile, hold a number in
every value column, and none is from far ahead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headend.installed import NOWHERE
from headend.plan import AHEAD, ProfileRows
from headend.storing.outcome import Outcome, known_of

_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Rows of one profile that were read; `grid_s` is 0 where they belong to their instants."""

    outcome: Outcome
    rows: ProfileRows
    grid_s: int


def plain_points(profiles: Sequence[Profile]) -> list[int]:
    """The metering point of each profile that is plain, `NOWHERE` for those whose rows must be looked at."""
    found = [NOWHERE] * len(profiles)
    full = [number for number, each in enumerate(profiles) if each.rows.held.size]
    if not full:
        return found
    chosen = [profiles[number] for number in full]
    at = np.concatenate([each.rows.at for each in chosen])
    sizes = np.array([each.rows.at.size for each in chosen])
    starts = np.cumsum(sizes) - sizes
    first, last = np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)
    plain = _on_grid(at, chosen, sizes, starts) & _held(chosen) & _not_ahead(last, chosen)
    for place, (number, each) in enumerate(zip(full, chosen, strict=True)):
        if plain[place]:
            installed = known_of(each.outcome).installed
            found[number] = installed.point_throughout(int(first[place]), int(last[place]))
    return found


def _on_grid(
    at: NDArray[np.int64], profiles: Sequence[Profile], sizes: NDArray[np.int64], starts: NDArray[np.int64]
) -> _Flags:
    grids = np.array([each.grid_s or 1 for each in profiles])
    even: _Flags = np.maximum.reduceat(at % np.repeat(grids, sizes), starts) == 0
    return even


def _held(profiles: Sequence[Profile]) -> _Flags:
    sizes = np.array([each.rows.held.size for each in profiles])
    held = np.concatenate([each.rows.held.ravel() for each in profiles])
    return np.logical_and.reduceat(held, np.cumsum(sizes) - sizes)


def _not_ahead(last: NDArray[np.int64], profiles: Sequence[Profile]) -> _Flags:
    return last <= np.array([int((each.outcome.trace.started_at + AHEAD).timestamp()) for each in profiles])
