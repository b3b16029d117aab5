"""What a household in Finland uses, made up: base load, mornings and evenings, electric heating in the cold months."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DAY_S, _YEAR_DAYS, _COLDEST_DAY = 86_400, 365.25, 20
_BASE_W, _MORNING_W, _EVENING_W, _HEATING_W = 400.0, 1000.0, 2400.0, 1300.0


def energy_wh(number: int, at: NDArray[np.int64], interval_s: int) -> NDArray[np.int64]:
    """Wh (m,) of household `number` in intervals that begin at `at` (m,), seconds since 1970 UTC."""
    random = np.random.default_rng(number)
    hour = at % _DAY_S / 3600
    cold = (1 + np.cos(2 * np.pi * (at / _DAY_S - _COLDEST_DAY) / _YEAR_DAYS)) / 2
    power = _BASE_W + _bump(hour, 5.0, _MORNING_W) + _bump(hour, 16.5, _EVENING_W) + _HEATING_W * cold
    size = 0.6 + random.random()
    energy = power * size * random.gamma(12.0, 1 / 12, len(at)) * interval_s / 3600
    return energy.astype(np.int64)


def _bump(hour: NDArray[np.float64], middle: float, watts: float) -> NDArray[np.float64]:
    """A peak of about three hours."""
    bump: NDArray[np.float64] = watts * np.exp(-((hour - middle) ** 2) / 2)
    return bump
