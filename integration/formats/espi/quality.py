"""Qualities of ESPI readings (`QualityOfReading`) and ours, both ways.

The status word of a value is the code as the file gave it, so writing the file again restores it. 0 is `valid` and also
stands for readings without a quality in reading types without a default: the standard takes both for good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metering.quality import (
    CLASS_SHIFT,
    EstimationMethod,
    Quality,
    QualityClass,
    estimated_by,
    method_of,
    quality_class,
)

ABSENT = -1
"""No quality stated."""
QUESTIONABLE = 10
HIGHEST = 65_535

MEANINGS: dict[int, tuple[str, int]] = {
    0: ("valid", Quality.MEASURED),
    7: ("manually edited", Quality.EDITED),
    8: ("estimated using reference day", estimated_by(EstimationMethod.LIKE_DAY)),
    9: ("estimated using linear interpolation", estimated_by(EstimationMethod.LINEAR)),
    10: ("questionable", Quality.SUSPECT),
    11: ("derived", Quality.MEASURED),
    12: ("projected", Quality.ESTIMATED),
    13: ("mixed", Quality.ESTIMATED),
    14: ("raw", Quality.MEASURED),
    15: ("normalized for weather", Quality.ESTIMATED),
    16: ("other", Quality.SUSPECT),
    17: ("validated", Quality.VERIFIED),
    18: ("verified", Quality.ACCEPTED),
    19: ("revenue-quality", Quality.MEASURED),
}
"""Code to its name in the standard and our quality. Numbers outside the table are suspect."""

_BADNESS = {
    QualityClass.MEASURED: 0, QualityClass.DECIDED: 1, QualityClass.ESTIMATED: 2, QualityClass.SUSPECT: 3,
}  # fmt: skip
_OF_CODE = np.full(HIGHEST + 1, Quality.SUSPECT, dtype=np.uint8)
_OF_CODE[list(MEANINGS)] = [quality for _, quality in MEANINGS.values()]
_OF_CODE.setflags(write=False)
_VALID, _EDITED, _REFERENCE_DAY, _LINEAR, _MIXED, _VALIDATED, _VERIFIED = 0, 7, 8, 9, 13, 17, 18
_CLASS_CODES: dict[int, int] = {
    QualityClass.MEASURED: _VALID,
    QualityClass.SUSPECT: QUESTIONABLE,
    QualityClass.ESTIMATED: _MIXED,
    QualityClass.DECIDED: _EDITED,
    QualityClass.FINAL: _MIXED,
}
_OWN_CODES: dict[int, int] = {Quality.VERIFIED: _VALIDATED, Quality.ACCEPTED: _VERIFIED}
_METHOD_CODES = {
    EstimationMethod.LINEAR: _LINEAR,
    EstimationMethod.LIKE_DAYS: _REFERENCE_DAY,
    EstimationMethod.LIKE_DAY: _REFERENCE_DAY,
    EstimationMethod.LAST_YEAR: _REFERENCE_DAY,
    EstimationMethod.PREVIOUS_DAY: _REFERENCE_DAY,
    EstimationMethod.PREVIOUS_WEEK: _REFERENCE_DAY,
}
"""Estimates the standard has words for; others are `mixed`, which is read as an estimate of no known method."""
_WIDE = np.isin(np.arange(256), (Quality.MEASURED, Quality.SUSPECT, Quality.ESTIMATED))
"""Qualities that say no more than their class: a code of the same class says more, and is kept."""


def qualities(codes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Our quality for every ESPI code (0 to 65535), same shape."""
    found: NDArray[np.uint8] = _OF_CODE[codes]
    return found


def worst(codes: list[int]) -> int:
    """Of several qualities of one reading the one that counts: suspect before estimated, decided, measured."""
    return max(codes, key=lambda code: (_BADNESS[_class(code)], code == _EDITED), default=ABSENT)


def _class(code: int) -> QualityClass:
    return QualityClass(int(_OF_CODE[code]) >> CLASS_SHIFT)


def codes_of(quality: NDArray[np.uint8], status: NDArray[np.uint32]) -> NDArray[np.int64]:
    """ESPI codes to write, (m,): the status word where it is a code that reads as this quality, else the nearest."""
    code = np.minimum(status, HIGHEST).astype(np.int64)
    read = _OF_CODE[code]
    agrees = (read == quality) | (_WIDE[quality] & (quality_class(read) == quality_class(quality)))
    return np.where((status <= HIGHEST) & agrees, code, _NEAREST[quality])


def _nearest(quality: int) -> int:
    method = method_of(quality)
    if method is not None:
        return _METHOD_CODES.get(method, _MIXED)
    return _OWN_CODES.get(quality, _CLASS_CODES.get(quality >> CLASS_SHIFT, QUESTIONABLE))


_NEAREST = np.array([_nearest(quality) for quality in range(256)], dtype=np.int64)
