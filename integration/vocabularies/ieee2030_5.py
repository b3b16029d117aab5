"""QualityFlags of IEEE 2030.5, a bit mask: several may hold of one value. Bits modelled on the public schema."""

from __future__ import annotations

from enum import IntFlag

from metering.quality import CLASS_SHIFT, EstimationMethod, Quality, QualityClass, estimated_by, method_of


class Flag(IntFlag):
    """The bits."""

    VALID = 1 << 0
    EDITED = 1 << 1
    REFERENCE_DAY = 1 << 2
    LINEAR = 1 << 3
    QUESTIONABLE = 1 << 4
    DERIVED = 1 << 5
    FORECAST = 1 << 6


HIGHEST = 0xFFFF
_BY_METHOD = {
    EstimationMethod.LINEAR: Flag.LINEAR,
    EstimationMethod.LIKE_DAYS: Flag.REFERENCE_DAY,
    EstimationMethod.LIKE_DAY: Flag.REFERENCE_DAY,
    EstimationMethod.LAST_YEAR: Flag.REFERENCE_DAY,
    EstimationMethod.PREVIOUS_DAY: Flag.REFERENCE_DAY,
    EstimationMethod.PREVIOUS_WEEK: Flag.REFERENCE_DAY,
}
_READ: tuple[tuple[Flag, int], ...] = (
    (Flag.QUESTIONABLE, Quality.SUSPECT),
    (Flag.EDITED | Flag.VALID, Quality.ACCEPTED),
    (Flag.EDITED, Quality.EDITED),
    (Flag.LINEAR, estimated_by(EstimationMethod.LINEAR)),
    (Flag.REFERENCE_DAY, estimated_by(EstimationMethod.LIKE_DAY)),
    (Flag.DERIVED | Flag.FORECAST, Quality.ESTIMATED),
    (Flag.FORECAST, Quality.ESTIMATED),
    (Flag.DERIVED, Quality.MEASURED),
    (Flag.VALID, Quality.MEASURED),
)


def written(code: int) -> Flag | None:
    """The bits to state for a value of this quality code; None where there is no value to state them of.

    An estimate without a bit of its own is derived and forecast at once: from other readings, not from the meter.
    """
    method = method_of(code)
    if method is not None:
        return _BY_METHOD.get(method, Flag.DERIVED | Flag.FORECAST)
    if code in (Quality.DELETED, Quality.SENTINEL):
        return None
    return {
        QualityClass.MEASURED: Flag.VALID,
        QualityClass.SUSPECT: Flag.QUESTIONABLE,
        QualityClass.DECIDED: Flag.EDITED | Flag.VALID if code == Quality.ACCEPTED else Flag.EDITED,
    }.get(QualityClass(code >> CLASS_SHIFT))


def read(bits: int) -> int:
    """Our quality code for a mask. The worst of what is set counts; nothing set says nothing, which is suspect.

    ValueError for a mask outside of 16 bits.
    """
    if not 0 <= bits <= HIGHEST:
        raise ValueError(f"{bits} is no mask of 16 bits")
    return next((code for flags, code in _READ if flags & bits == flags), Quality.SUSPECT)
