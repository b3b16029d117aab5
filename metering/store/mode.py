"""By which rules a write is judged."""

from enum import Enum


class Mode(Enum):
    """ORDINARY: the precedence of `metering.quality`; only the store itself uses the others.

    DERIVED: the same, but what is derived from a withdrawn reading may be withdrawn too.
    RESTORING: a former state is put back as it was, whatever stands there now.
    JUDGING: the same as ORDINARY, but a measurement that was judged wrong gives way to the estimate that comes with it.
    """

    ORDINARY = 0
    DERIVED = 1
    RESTORING = 2
    JUDGING = 3
