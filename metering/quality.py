"""Quality of a value: what we think of it, as opposed to the status word the meter sent with it.

A code is one unsigned byte. Its upper three bits are the class, which decides precedence; the lower
five tell members of a class apart (how it was estimated, what was decided), so that new estimation
methods need no change of the store.

Precedence, row = stored, column = arriving:

=========  ========  =======  =========  =======
stored     measured  suspect  estimated  decided
=========  ========  =======  =========  =======
nothing    store     store    store      store
measured   store     store    refuse     store
suspect    store     store    store      store
estimated  store     store    store      store
decided    store     refuse   refuse     store
=========  ========  =======  =========  =======

The meter is the source of truth, so a good measurement beats everything, also a decision taken while it
was missing. A doubtful one does not overturn a person. An estimate fills what is missing or doubtful
and gives way to everything else. Within one cell that says "store" the later write wins.
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
    MISSING = 7


class Quality(IntEnum):
    """Quality codes. `MISSING` is never stored: it is what a read answers for a slot without value, also for one whose
    value is `WITHDRAWN`, which only the store itself writes."""

    MEASURED = QualityClass.MEASURED << CLASS_SHIFT
    SUSPECT = QualityClass.SUSPECT << CLASS_SHIFT
    ESTIMATED = QualityClass.ESTIMATED << CLASS_SHIFT
    EDITED = QualityClass.DECIDED << CLASS_SHIFT
    ACCEPTED = EDITED + 1
    DELETED = EDITED + 2
    WITHDRAWN = QualityClass.MISSING << CLASS_SHIFT
    MISSING = 255


_ALLOWED = np.zeros((8, 8), dtype=np.bool_)
_ALLOWED[QualityClass.MISSING, :] = True
_ALLOWED[QualityClass.MEASURED, [QualityClass.MEASURED, QualityClass.SUSPECT, QualityClass.DECIDED]] = True
# What was derived from a withdrawn reading goes with it; what somebody decided or estimated does not.
_ALLOWED[QualityClass.MEASURED, QualityClass.MISSING] = True
_ALLOWED[QualityClass.SUSPECT, :] = True
_ALLOWED[QualityClass.ESTIMATED, : QualityClass.MISSING] = True
_ALLOWED[QualityClass.DECIDED, [QualityClass.MEASURED, QualityClass.DECIDED]] = True
_ALLOWED.setflags(write=False)


def quality_class(quality: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The class (`QualityClass`) of every code, same shape."""
    return quality >> np.uint8(CLASS_SHIFT)


def may_replace(stored: NDArray[np.uint8], arriving: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether each arriving code may replace the stored one (`MISSING` = nothing stored); same shape."""
    allowed: NDArray[np.bool_] = _ALLOWED[quality_class(stored), quality_class(arriving)]
    return allowed
