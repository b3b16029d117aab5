"""Quality of a value: what we think of it, as opposed to the status word the meter sent with it.

A code is one unsigned byte. Its upper three bits are the class, which decides precedence; the lower
five tell members of a class apart: how it was estimated, what was decided, why it is doubted. Of an estimate they
are the `EstimationMethod`, with `SCALED` where the estimates of a gap were brought to the difference of the register.

Precedence, row = stored, column = arriving:

=========  ========  =======  =========  =======  =======
stored     measured  suspect  estimated  decided  final
=========  ========  =======  =========  =======  =======
nothing    store     store    store      store    store
measured   store     store    refuse     store    refuse
suspect    store     store    store      store    store
estimated  store     store    store      store    store
decided    store     refuse   refuse     store    refuse
final      store     refuse   refuse     store    refuse
=========  ========  =======  =========  =======  =======

The meter is the source of truth, so a good measurement beats everything, also a decision taken while it
was missing. A doubtful one does not overturn a person. An estimate fills what is missing or doubtful
and gives way to everything else. A final estimate is one that was delivered for billing: only a good measurement or a
person replaces it, never another estimate. Within one cell that says "store" the later write wins.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

CLASS_SHIFT = 5


class QualityClass(IntEnum):
    """The upper three bits of a quality code."""

    MEASURED = 0
    SUSPECT = 1
    ESTIMATED = 2
    DECIDED = 3
    FINAL = 4
    MISSING = 7


class Quality(IntEnum):
    """Quality codes. `MISSING` is never stored: it is what a read answers for a slot without value, also for one whose
    value is `WITHDRAWN`, which only the store itself writes.

    `VERIFIED`: a measurement that was doubted, and is not any more. `REJECTED`: validation found it wrong and nothing
    could be put in its place. `SENTINEL`: no energy but the code of an error.
    """

    MEASURED = QualityClass.MEASURED << CLASS_SHIFT
    VERIFIED = MEASURED + 1
    SUSPECT = QualityClass.SUSPECT << CLASS_SHIFT
    REJECTED = SUSPECT + 1
    SENTINEL = SUSPECT + 2
    ESTIMATED = QualityClass.ESTIMATED << CLASS_SHIFT
    EDITED = QualityClass.DECIDED << CLASS_SHIFT
    ACCEPTED = EDITED + 1
    DELETED = EDITED + 2
    FINAL = QualityClass.FINAL << CLASS_SHIFT
    WITHDRAWN = QualityClass.MISSING << CLASS_SHIFT
    MISSING = 255


class EstimationMethod(IntEnum):
    """How a value was estimated: the lower four bits of a code of the classes `ESTIMATED` and `FINAL`."""

    GENERIC = 0
    CHECK_METER = 1
    OUTAGE_ZERO = 2
    LINEAR = 3
    LIKE_DAYS = 4
    LIKE_DAY = 5
    LAST_YEAR = 6
    CLASS_PROFILE = 7
    FLAT = 8
    PREVIOUS_DAY = 9
    PREVIOUS_WEEK = 10
    FIXED_VALUE = 11
    FIXED_TOTAL = 12
    REGISTER_SPREAD = 13
    ZERO = 14
    CALCULATED = 15


SCALED = 16
"""Added to the method: the estimates of the gap add up to what the register counted over it."""

_ALLOWED = np.zeros((8, 8), dtype=np.bool_)
_ALLOWED[QualityClass.MISSING, :] = True
_ALLOWED[QualityClass.MEASURED, [QualityClass.MEASURED, QualityClass.SUSPECT, QualityClass.DECIDED]] = True
# What was derived from a withdrawn reading goes with it; what somebody decided or estimated does not.
_ALLOWED[QualityClass.MEASURED, QualityClass.MISSING] = True
_ALLOWED[QualityClass.SUSPECT, :] = True
_ALLOWED[QualityClass.ESTIMATED, : QualityClass.MISSING] = True
_ALLOWED[QualityClass.DECIDED, [QualityClass.MEASURED, QualityClass.DECIDED]] = True
_ALLOWED[QualityClass.FINAL, [QualityClass.MEASURED, QualityClass.DECIDED]] = True
_ALLOWED.setflags(write=False)
_ALLOWED_JUDGED = _ALLOWED.copy()
_ALLOWED_JUDGED[QualityClass.MEASURED, [QualityClass.ESTIMATED, QualityClass.FINAL]] = True
_ALLOWED_JUDGED.setflags(write=False)

_ESTIMATES = np.isin(np.arange(8), (QualityClass.ESTIMATED, QualityClass.FINAL))


def quality_class(quality: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The class (`QualityClass`) of every code, same shape."""
    return quality >> np.uint8(CLASS_SHIFT)


def is_suspect(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a value is doubted; same shape."""
    found: NDArray[np.bool_] = quality_class(quality) == QualityClass.SUSPECT
    return found


def is_estimate(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a value is an estimate, final or not; same shape."""
    found: NDArray[np.bool_] = _ESTIMATES[quality_class(quality)]
    return found


def is_substitute(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where something stands that nobody measured, an estimate or a decision; same shape."""
    kind = quality_class(quality)
    found: NDArray[np.bool_] = (kind >= QualityClass.ESTIMATED) & (kind <= QualityClass.FINAL)
    return found


def estimated_by(method: EstimationMethod, *, scaled: bool = False, final: bool = False) -> int:
    """The quality code of an estimate."""
    return (Quality.FINAL if final else Quality.ESTIMATED) + method + (SCALED if scaled else 0)


def method_of(code: int) -> EstimationMethod | None:
    """How the value of this quality code was estimated; None for one that is no estimate."""
    estimate = code >> CLASS_SHIFT in (QualityClass.ESTIMATED, QualityClass.FINAL)
    return EstimationMethod(code & (SCALED - 1)) if estimate else None


def is_scaled(code: int) -> bool:
    """Whether this is the code of an estimate that was brought to the difference of the register."""
    return method_of(code) is not None and bool(code & SCALED)


def may_replace(stored: NDArray[np.uint8], arriving: NDArray[np.uint8], *, judged: bool = False) -> NDArray[np.bool_]:
    """Whether each arriving code may replace the stored one (`MISSING` = nothing stored); same shape.

    `judged`: what is stored was found wrong, so that an estimate may stand in for a measurement.
    """
    table = _ALLOWED_JUDGED if judged else _ALLOWED
    allowed: NDArray[np.bool_] = table[quality_class(stored), quality_class(arriving)]
    return allowed
