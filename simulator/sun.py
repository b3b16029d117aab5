"""What a roof gives: energy of a photovoltaic plant from the position of the sun and seeded clouds.

Declination and equation of time by Spencer's Fourier series (1971), clear sky by air mass as in
Meinel (1976), diffuse light as a tenth; panels face south at `TILT`. Good to a few per cent, which is
far inside what clouds do.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.seeds import fraction

LATITUDE, LONGITUDE = np.radians(60.2), 24.9
TILT = np.radians(35.0)
DAY = 86_400
SYSTEM_EFFICIENCY = 0.85

Floats = NDArray[np.float64]


def _angles(middle: Floats) -> tuple[Floats, Floats]:
    """Declination and hour angle in radians at instants in UTC epoch seconds."""
    year = 2 * np.pi * ((middle / DAY) % 365.2425) / 365.2425
    declination = 0.006918 - 0.399912 * np.cos(year) + 0.070257 * np.sin(year) - 0.006758 * np.cos(2 * year)
    equation = 229.18 * (0.000075 + 0.001868 * np.cos(year) - 0.032077 * np.sin(year) - 0.040849 * np.sin(2 * year))
    solar_minutes = (middle % DAY) / 60 + 4 * LONGITUDE + equation
    return declination, np.radians(solar_minutes / 4 - 180)


def clear_sky(start: NDArray[np.int64], seconds: int) -> Floats:
    """Plant output relative to its peak power in intervals that start at `start` under a clear sky, 0 to about 1."""
    declination, hour = _angles(np.asarray(start + seconds / 2, dtype=np.float64))
    height = np.sin(LATITUDE) * np.sin(declination) + np.cos(LATITUDE) * np.cos(declination) * np.cos(hour)
    facing = np.sin(LATITUDE - TILT) * np.sin(declination) + np.cos(LATITUDE - TILT) * np.cos(declination) * np.cos(
        hour
    )
    beam = 1.353 * 0.7 ** (1 / np.maximum(height, 0.02)) ** 0.678
    light = beam * np.maximum(facing, 0) + 0.1 * beam
    return np.where(height > 0, light, 0.0)


def plant_energy(start: NDArray[np.int64], seconds: int, peak_w: int, sky: int) -> NDArray[np.int64]:
    """Energy in Wh of a plant of `peak_w` watts in each interval; `sky` seeds its clouds (day by day, with flicker)."""
    day = fraction(sky, start // DAY)
    flicker = fraction(sky + 1, start // seconds)
    clearness = 0.12 + 0.88 * day**0.7
    power = peak_w * SYSTEM_EFFICIENCY * clear_sky(start, seconds) * clearness * (0.8 + 0.2 * flicker)
    return np.rint(power * seconds / 3600).astype(np.int64)
