"""States of values at Elhub, the Norwegian data hub, and the one method of estimation whose code is published.

States and E001 follow the public standard of the hub; what it has no public code for is left without one. Written
only: no messages of the hub are read.
"""

from __future__ import annotations

from enum import StrEnum

from metering.quality import CLASS_SHIFT, EstimationMethod, Quality, QualityClass, is_scaled, method_of


class State(StrEnum):
    """What the hub calls it."""

    MEASURED = "Malt"
    FINAL = "Endelig estimert"
    ESTIMATED = "Estimert"
    MISSING = "Manglende"
    REJECTED = "Avvist"
    TEMPORARY = "Midlertidig"


REAL_TOTAL_OWN_HISTORY = "E001"
"""The total is that of the register, the shape comes from what the point used before."""

_FROM_HISTORY = frozenset({
    EstimationMethod.LIKE_DAYS, EstimationMethod.LIKE_DAY, EstimationMethod.LAST_YEAR, EstimationMethod.PREVIOUS_DAY,
    EstimationMethod.PREVIOUS_WEEK,
})  # fmt: skip
_OWN = {
    Quality.REJECTED: State.REJECTED,
    Quality.SENTINEL: State.REJECTED,
    Quality.ACCEPTED: State.MEASURED,
    Quality.DELETED: State.MISSING,
}
_OF_CLASS = {
    QualityClass.MEASURED: State.MEASURED,
    QualityClass.SUSPECT: State.TEMPORARY,
    QualityClass.ESTIMATED: State.ESTIMATED,
    QualityClass.DECIDED: State.ESTIMATED,
    QualityClass.FINAL: State.FINAL,
    QualityClass.MISSING: State.MISSING,
}


def state_of(code: int) -> State:
    """The state to send for a quality code of ours. Somebody's edit is an estimate there."""
    return _OWN[Quality(code)] if code in _OWN else _OF_CLASS[QualityClass(code >> CLASS_SHIFT)]


def method_code(code: int) -> str | None:
    """The code of the method of an estimate; None where it is none, or the code is not public."""
    return REAL_TOTAL_OWN_HISTORY if is_scaled(code) and method_of(code) in _FROM_HISTORY else None
