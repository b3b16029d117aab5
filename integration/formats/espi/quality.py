"""Qualities of ESPI readings (`QualityOfReading`) and ours, both ways.

The status word of a value is the code as the file gave it, so writing the file again restores it. 0 is `valid` and also
stands for readings without a quality in reading types without a default: the standard takes both for good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metering.quality import CLASS_SHIFT, Quality, QualityClass

ABSENT = -1
"""No quality stated."""
QUESTIONABLE = 10
HIGHEST = 65_535

MEANINGS: dict[int, tuple[str, Quality]] = {
    0: ("valid", Quality.MEASURED),
    7: ("manually edited", Quality.EDITED),
    8: ("estimated using reference day", Quality.ESTIMATED),
    9: ("estimated using linear interpolation", Quality.ESTIMATED),
    10: ("questionable", Quality.SUSPECT),
    11: ("derived", Quality.MEASURED),
    12: ("projected", Quality.ESTIMATED),
    13: ("mixed", Quality.ESTIMATED),
    14: ("raw", Quality.MEASURED),
    15: ("normalized for weather", Quality.ESTIMATED),
    16: ("other", Quality.SUSPECT),
    17: ("validated", Quality.MEASURED),
    18: ("verified", Quality.ACCEPTED),
    19: ("revenue-quality", Quality.MEASURED),
}
"""Code to its name in the standard and our quality. Numbers outside the table are suspect."""

_BADNESS = {Quality.MEASURED: 0, Quality.ACCEPTED: 1, Quality.EDITED: 2, Quality.ESTIMATED: 3, Quality.SUSPECT: 4}
_OF_CODE = np.full(HIGHEST + 1, Quality.SUSPECT, dtype=np.uint8)
_OF_CODE[list(MEANINGS)] = [quality for _, quality in MEANINGS.values()]
_OF_CODE.setflags(write=False)
_CLASS_CODES: dict[int, int] = {
    QualityClass.MEASURED: 0,
    QualityClass.SUSPECT: 10,
    QualityClass.ESTIMATED: 8,
    QualityClass.DECIDED: 7,
    QualityClass.FINAL: 8,
}


def qualities(codes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Our quality for every ESPI code (0 to 65535), same shape."""
    found: NDArray[np.uint8] = _OF_CODE[codes]
    return found


def worst(codes: list[int]) -> int:
    """Of several qualities of one reading the one that counts: suspect before estimated, edited, accepted, measured."""
    return max(codes, key=lambda code: _BADNESS[Quality(int(_OF_CODE[code]))], default=ABSENT)


def codes_of(quality: NDArray[np.uint8], status: NDArray[np.uint32]) -> NDArray[np.int64]:
    """ESPI codes to write, (m,): the status word where it is a code that reads as this quality, else the nearest."""
    code = np.minimum(status, HIGHEST).astype(np.int64)
    return np.where((status <= HIGHEST) & (_OF_CODE[code] == quality), code, _NEAREST[quality])


def _nearest(quality: int) -> int:
    if quality == Quality.ACCEPTED:
        return 18
    return _CLASS_CODES.get(quality >> CLASS_SHIFT, QUESTIONABLE)


_NEAREST = np.array([_nearest(quality) for quality in range(256)], dtype=np.int64)
