"""Which estimates validation made itself, and a window without them."""

from __future__ import annotations

import numpy as np

from metering.quality import SCALED, EstimationMethod, Quality, QualityClass, quality_class
from metering.store.batch import NO_VALUE
from validation.window import Bools, Codes, Window

_FOREIGN = (EstimationMethod.GENERIC, EstimationMethod.CALCULATED)


def own_estimates(quality: Codes) -> Bools:
    """bool, same shape: estimates this product made and may make anew; those of others came with a file, and stay."""
    ours = ~np.isin(quality & np.uint8(SCALED - 1), _FOREIGN)
    found: Bools = (quality_class(quality) == QualityClass.ESTIMATED) & ours
    return found


def without(window: Window, gone: Bools) -> Window:
    """The window as if nothing stood there."""
    if not gone.any():
        return window
    values = np.where(gone, NO_VALUE, window.values)
    return window.with_values(values, np.where(gone, np.uint8(Quality.MISSING), window.quality))
