"""Methods of estimation: those of the market (`codes.METHODS`) and ours.

What is written is among the methods of remotely read meters, 11 to 25; what is read is from any of them. A method with
no match is `alternate` there and has no name here: then flag and number stay in the status word only.
"""

from __future__ import annotations

from metering.quality import EstimationMethod

ALTERNATE = 18

READ = {
    11: EstimationMethod.CHECK_METER,
    12: EstimationMethod.CALCULATED,
    14: EstimationMethod.LIKE_DAY,
    15: EstimationMethod.LIKE_DAYS,
    17: EstimationMethod.LINEAR,
    19: EstimationMethod.ZERO,
    20: EstimationMethod.LIKE_DAY,
    22: EstimationMethod.LIKE_DAYS,
    23: EstimationMethod.LAST_YEAR,
    25: EstimationMethod.FLAT,
    51: EstimationMethod.LAST_YEAR,
    54: EstimationMethod.LINEAR,
    57: EstimationMethod.CLASS_PROFILE,
    58: EstimationMethod.ZERO,
    61: EstimationMethod.LAST_YEAR,
    63: EstimationMethod.CLASS_PROFILE,
    65: EstimationMethod.FLAT,
    68: EstimationMethod.ZERO,
    69: EstimationMethod.LINEAR,
    71: EstimationMethod.CALCULATED,
}
"""Method of the market to ours. The zeros are those of an outage where the reason says so."""

WRITTEN = {
    EstimationMethod.CHECK_METER: 11,
    EstimationMethod.CALCULATED: 12,
    EstimationMethod.LIKE_DAY: 14,
    EstimationMethod.PREVIOUS_WEEK: 14,
    EstimationMethod.LIKE_DAYS: 15,
    EstimationMethod.LINEAR: 17,
    EstimationMethod.OUTAGE_ZERO: 19,
    EstimationMethod.ZERO: 19,
    EstimationMethod.LAST_YEAR: 23,
    EstimationMethod.FLAT: 25,
}
"""Our method to that of the market."""


def method_of_market(number: int | None, *, outage: bool) -> EstimationMethod:
    """Our method for a number of the market; `outage`: the reason is a power outage."""
    method = READ.get(number or 0, EstimationMethod.GENERIC)
    return EstimationMethod.OUTAGE_ZERO if outage and method is EstimationMethod.ZERO else method
