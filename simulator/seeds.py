"""Repeatable chance: numbers that depend on nothing but their seed and position.

A generator object would have a state and with it a history; a hash has neither, so any instant of any
meter can be asked first and gives the same answer after a restart. The mixing function is the
finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
"""

import numpy as np
from numpy.typing import NDArray

GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def mixed(seed: int, *where: int) -> int:
    """One 64-bit number for a seed and a position of any length."""
    value = seed & MASK
    for part in where:
        value = (value * GOLDEN + (part & MASK) + 1) & MASK
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
        value ^= value >> 31
    return value


def mixed_array(seed: int, where: NDArray[np.int64]) -> NDArray[np.uint64]:
    """`mixed(seed, w)` of each element of `where`, same shape."""
    value = np.uint64((seed * GOLDEN + 1) & MASK) + where.astype(np.uint64)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(value ^ (value >> np.uint64(31)), dtype=np.uint64)


def fraction(seed: int, where: NDArray[np.int64]) -> NDArray[np.float64]:
    """Even numbers in [0, 1), one for each element of `where`."""
    return np.asarray((mixed_array(seed, where) >> np.uint64(11)).astype(np.float64) / 2.0**53, dtype=np.float64)
