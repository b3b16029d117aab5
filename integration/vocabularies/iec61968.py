"""ReadingQualityType of IEC 61968-9: `system.category.index`.

Modelled on the published categories; check systems and indices against a licensed copy before they go to a partner.
Of the indices only 0, "generic", is used: the method of an estimate has no number we could vouch for.
"""

from __future__ import annotations

from enum import IntEnum

from metering.quality import CLASS_SHIFT, Quality, QualityClass


class System(IntEnum):
    """Who says so."""

    UNSPECIFIED = 0
    DEVICE = 1
    NETWORK = 2
    METER_DATA_MANAGEMENT = 3


class Category(IntEnum):
    """What kind of thing is said."""

    VALID = 0
    DIAGNOSTICS = 1
    POWER_QUALITY = 2
    TAMPER = 3
    DATA_COLLECTION = 4
    REASONABILITY = 5
    VALIDATION = 6
    EDITED = 7
    ESTIMATED = 8
    QUESTIONABLE = 10
    DERIVED = 11
    PROJECTED = 12


_OWN = {
    Quality.VERIFIED: Category.VALID,
    Quality.REJECTED: Category.VALIDATION,
    Quality.SENTINEL: Category.DIAGNOSTICS,
    Quality.DELETED: Category.DATA_COLLECTION,
}
_OF_CLASS = {
    QualityClass.MEASURED: Category.VALID,
    QualityClass.SUSPECT: Category.QUESTIONABLE,
    QualityClass.ESTIMATED: Category.ESTIMATED,
    QualityClass.DECIDED: Category.EDITED,
    QualityClass.FINAL: Category.ESTIMATED,
    QualityClass.MISSING: Category.DATA_COLLECTION,
}
_READ = {
    Category.VALID: Quality.MEASURED,
    Category.DIAGNOSTICS: Quality.SUSPECT,
    Category.POWER_QUALITY: Quality.MEASURED,
    Category.TAMPER: Quality.SUSPECT,
    Category.DATA_COLLECTION: Quality.MISSING,
    Category.REASONABILITY: Quality.SUSPECT,
    Category.VALIDATION: Quality.REJECTED,
    Category.EDITED: Quality.EDITED,
    Category.ESTIMATED: Quality.ESTIMATED,
    Category.QUESTIONABLE: Quality.SUSPECT,
    Category.DERIVED: Quality.MEASURED,
    Category.PROJECTED: Quality.ESTIMATED,
}


def written(code: int) -> str:
    """The quality to state for a code of ours: `3.8.0`. What the meter itself measured is said by the device."""
    known = code in _OWN
    category = _OWN[Quality(code)] if known else _OF_CLASS.get(QualityClass(code >> CLASS_SHIFT), Category.VALIDATION)
    measured = code == Quality.MEASURED
    return f"{int(System.DEVICE if measured else System.METER_DATA_MANAGEMENT)}.{int(category)}.0"


def read(text: str) -> Quality:
    """Our quality for `system.category.index`. ValueError for what is none of these, or a category there is not."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise ValueError(f"{text[:20]!r} is no quality of the form system.category.index")
    return _READ[Category(int(parts[1]))]
