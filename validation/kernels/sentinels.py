"""Numbers that are no values: error codes and overflows taken for energy (V29).

The first two are 2^32 − 1 and 2^31 − 1 thousandths, reported for half-hourly data of British meters (n3rgy, issue 11)
together with three others. These lie a little above 2, 8 and 9 times 2^32 thousandths of a Wh, so they are taken for an
overflow plus what was really used, and their widths reach down to the overflow. A plant of 17 MW does use 8590 kWh in
half an hour: rules leave such points out.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np

from validation.kernels.shapes import Edges, Mask, Values, judged, with_context


@dataclass(frozen=True, slots=True)
class Sentinel:
    """An amount in kWh that stands for an error, and how far from it others of its kind were seen, in kWh."""

    kwh: Decimal
    near: Decimal = Decimal(0)


SENTINELS = (
    Sentinel(Decimal("4294967.295")),
    Sentinel(Decimal("2147483.647")),
    Sentinel(Decimal("8590.0"), near=Decimal("0.1")),
    Sentinel(Decimal("34364.27"), near=Decimal("5")),
    Sentinel(Decimal("38655.37"), near=Decimal("1")),
)
RAW_SENTINELS = (2**32 - 1, 2**31 - 1)
"""All ones in an unsigned and in a signed register of 32 bits, in whatever unit it counts."""

_LEAST = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Integers that stand for errors, ends included, by ascending `low`; `high` never descends. int64 (b,) each."""

    low: Values
    high: Values


def sentinel_bands(exponent: int, unit_kwh: Decimal | None, sentinels: tuple[Sentinel, ...] = SENTINELS) -> Bands:
    """The integers of a series that stand for errors.

    An integer of the series is worth 10^`exponent` × `unit_kwh` kWh: `unit_kwh` is 0.001 for Wh, None for what is no
    energy and has raw sentinels only. A sentinel between two integers of a coarse unit is both of them. Those of
    fewer than six digits in the unit are left out, because 9 MWh may be just that.
    """
    bands = [(raw, raw) for raw in RAW_SENTINELS]
    if unit_kwh is not None:
        step = Fraction(10) ** exponent * Fraction(unit_kwh)
        for sentinel in sentinels:
            middle, near = Fraction(sentinel.kwh), Fraction(sentinel.near)
            bands.append((floor((middle - near) / step), ceil((middle + near) / step)))
    kept = sorted((low, min(high, 2**52)) for low, high in bands if _LEAST <= low < 2**52)
    low, high = np.array(kept, dtype=np.int64).T
    return Bands(low, np.maximum.accumulate(high))


def error_sentinel(values: Values, bands: Bands, edges: Edges | None = None) -> Mask:
    """V29: fails if a band low ≤ v ≤ high holds v. Bands may overlap.

    One comparison says of nearly every block that all values lie below the lowest band; only the rest is looked up.
    """
    part = judged(values, edges)
    fails = part >= bands.low[0]
    if fails.any():
        large = part[fails]
        fails[fails] = large <= bands.high[np.searchsorted(bands.low, large, side="right") - 1]
    return with_context(fails, edges)
