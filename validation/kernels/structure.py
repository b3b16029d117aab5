"""What a delivery says of itself against what is known (V2, V3, V5, V16, V23).

Much of this the store never lets in, so that no rule has to look for it afterwards:

* V2, interval size: a day has one grid. `metering.store.place` marks points beside it (`off_grid`), and a write
  refuses a day that has another interval length already.
* V3, duplicates: what is the same changes nothing; of two points of one instant in one delivery the later wins.
* V4, replacement: precedence by quality, and "heard before is not news" (`docs/explanation/value-store.md`).
* V5, unit: the unit belongs to the property that identifies a series, so another unit is another series.

The kernels here are for deliveries before they are placed: they say what was wrong where the store would only say how
many.
"""

import numpy as np
from numpy.typing import NDArray

from validation.kernels.shapes import NO_VALUE, Mask, Values


def differs(told: Values, known: Values) -> Mask:
    """V2, V5, V16, V23: fails if `told` ≠ `known`, of any one shape, `NO_VALUE` on either side = nothing to compare.

    For interval lengths in seconds, codes of units, multipliers (as numerators of one denominator), numbers of channels
    and identities of devices.
    """
    fails: Mask = (told != known) & (told != NO_VALUE) & (known != NO_VALUE)
    return fails


def off_grid(at: NDArray[np.int64], interval_s: int) -> Mask:
    """V2: fails if an instant, seconds since 1970 UTC, is no multiple of the interval. Any shape."""
    fails: Mask = at % interval_s != 0
    return fails


def duplicate(series: NDArray[np.int64], at: NDArray[np.int64]) -> Mask:
    """V3: bool (m,): fails for all but the last of points of the same series and instant, in the order of delivery."""
    order = np.lexsort((at, series))
    repeated = (series[order][1:] == series[order][:-1]) & (at[order][1:] == at[order][:-1])
    fails = np.zeros(len(series), dtype=np.bool_)
    fails[order[:-1]] = repeated
    return fails
