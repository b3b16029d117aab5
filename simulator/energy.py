"""Stands of one meter: a shared household, scaled, less what was not used while the power was off."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.household import QUARTER, Household

Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stands:
    """Cumulative energy in Wh at n instants; import is exactly rate 1 + rate 2."""

    import_t1: NDArray[np.int64]
    import_t2: NDArray[np.int64]
    export: NDArray[np.int64]

    @property
    def imported(self) -> NDArray[np.int64]:
        """+A over both rates."""
        return self.import_t1 + self.import_t2


class EnergyRegisters:
    """Stands at any instant, exact integers: floor(scale * energy since the epoch) + initial stand.

    Each register rounds down its own cumulated energy once, never a difference, so stands are monotone and a
    period of any length is right to 1 Wh. `scale` is in thousandths; `initial` in Wh for T1, T2 and export.
    """

    def __init__(self, source: Household, scale: int, initial: tuple[int, int, int]) -> None:
        self._source = source
        self._scale = scale
        self._initial = np.array(initial, np.int64)[:, None]

    def stands(self, at: Seconds, outages: Sequence[tuple[int, int]] = ()) -> Stands:
        """Stands at instants (UTC epoch seconds); `outages` are [from, to) without power, not overlapping."""
        used = self._source.cumulated(at)
        for start, end in outages:
            begin, stop = self._source.cumulated(np.array([start, start], np.int64)), np.minimum(at, end)
            used = used - np.where(at > start, self._source.cumulated(stop) - begin[:, :1], 0)
        wh = self._initial + used * self._scale // (1000 * QUARTER)
        return Stands(wh[0], wh[1], wh[2])

    def power(self, at: int) -> tuple[int, int]:
        """Mean import and export power in W over the quarter that holds `at`."""
        start = at - at % QUARTER
        ends = self._source.cumulated(np.array([start, start + QUARTER], np.int64))
        energy = (ends[:, 1] - ends[:, 0]) * self._scale * 4 // (1000 * QUARTER)
        return int(energy[0] + energy[1]), int(energy[2])
