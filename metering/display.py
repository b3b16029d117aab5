"""How values are written for people: energy in kilo units, exact decimals, a word and a symbol for every quality."""

from decimal import Decimal

import numpy as np

from aim.web.charts import ChartQuality
from aim.web.formats import grouped
from aim.web.tones import State
from metering.models import Series
from metering.quality import CLASS_SHIFT, EstimationMethod, Quality, QualityClass, is_scaled, method_of
from metering.store import NO_VALUE

_KILO = {"Wh": "kWh", "varh": "kvarh", "VAh": "kVAh"}

QUALITIES: dict[int, ChartQuality] = {
    quality.code: quality
    for quality in (
        ChartQuality(Quality.MEASURED, "Measured", "ok", ""),
        ChartQuality(Quality.SUSPECT, "Suspect", "warn", "?"),
        ChartQuality(Quality.ESTIMATED, "Estimated", "busy", "~"),
        ChartQuality(Quality.FINAL, "Final estimate", "info", "≈"),
        ChartQuality(Quality.EDITED, "Edited", "info", "e"),
        ChartQuality(Quality.ACCEPTED, "Accepted", "ok", "a"),
        ChartQuality(Quality.DELETED, "Deleted", "bad", "×"),
        ChartQuality(Quality.MISSING, "No value", "bad", "–"),
    )
}
_CLASSES = {
    QualityClass.MEASURED: Quality.MEASURED,
    QualityClass.SUSPECT: Quality.SUSPECT,
    QualityClass.ESTIMATED: Quality.ESTIMATED,
    QualityClass.DECIDED: Quality.EDITED,
    QualityClass.FINAL: Quality.FINAL,
}
_NAMED = {Quality.VERIFIED: "Verified", Quality.REJECTED: "Rejected", Quality.SENTINEL: "Error code, no value"}
METHODS = {
    EstimationMethod.GENERIC: "",
    EstimationMethod.CHECK_METER: "check meter",
    EstimationMethod.OUTAGE_ZERO: "zero in an outage",
    EstimationMethod.LINEAR: "interpolated",
    EstimationMethod.LIKE_DAYS: "average of like days",
    EstimationMethod.LIKE_DAY: "like day",
    EstimationMethod.LAST_YEAR: "same day last year",
    EstimationMethod.CLASS_PROFILE: "class profile",
    EstimationMethod.FLAT: "flat",
    EstimationMethod.PREVIOUS_DAY: "previous day",
    EstimationMethod.PREVIOUS_WEEK: "previous week",
    EstimationMethod.FIXED_VALUE: "fixed value",
    EstimationMethod.FIXED_TOTAL: "fixed total spread",
    EstimationMethod.REGISTER_SPREAD: "register difference spread",
    EstimationMethod.ZERO: "zero",
    EstimationMethod.CALCULATED: "calculated",
}
"""How a value was estimated, in words."""


def shown_unit(series: Series) -> str:
    """The unit values of `series` are shown in: kWh for Wh, otherwise the unit itself."""
    unit = series.measured_property.unit
    return _KILO.get(unit, unit)


def shown_exponent(series: Series) -> int:
    """The power of ten that turns a stored integer of `series` into `shown_unit`."""
    return series.exponent - 3 if series.measured_property.unit in _KILO else series.exponent


def shown_in(unit: str) -> tuple[str, int]:
    """The unit that amounts in `unit` are shown in, and the power of ten between both."""
    return (_KILO[unit], 3) if unit in _KILO else (unit, 0)


def exact(value: int, exponent: int) -> str:
    """`value` · 10^`exponent` as plain decimal digits, "1234.500"; empty for `NO_VALUE`. For files."""
    if value == NO_VALUE:
        return ""
    return str(value) if exponent == 0 else f"{Decimal(value).scaleb(exponent):f}"


def number(value: int, exponent: int) -> str:
    """`value` · 10^`exponent` in groups of three, "1 234.500"; a dash for `NO_VALUE`. For screens."""
    if value == NO_VALUE:
        return "–"
    return grouped(Decimal(value).scaleb(exponent), max(0, -exponent))


def quality_of(code: int) -> ChartQuality:
    """How a quality code is shown; one without a name of its own is shown as its class."""
    return QUALITIES.get(code) or _member(code)


def _member(code: int) -> ChartQuality:
    """A code without a mark of its own: the mark of its class, with its own words where it has any."""
    shown = _of_class(code)
    method = method_of(code)
    words = _NAMED.get(Quality(code)) if code in _NAMED else method_words(code) if method is not None else None
    return ChartQuality(shown.code, words, shown.tone, shown.symbol) if words else shown


def _of_class(code: int) -> ChartQuality:
    return QUALITIES.get(code) or QUALITIES[_CLASSES[QualityClass(code >> CLASS_SHIFT)]]


def method_words(code: int) -> str:
    """The code of an estimate in words: "Estimated: like day, scaled to the register"."""
    method = method_of(code)
    parts = [METHODS[method]] if method else []
    parts += ["scaled to the register"] if is_scaled(code) else []
    label = _of_class(code).label
    return f"{label}: {', '.join(parts)}" if parts else label


MARKS = np.array([_of_class(code).code if code >> CLASS_SHIFT in _CLASSES else code for code in range(256)], np.uint8)
"""Quality code to the code it is marked as in a chart, uint8 (256,): that of its class unless it has its own."""
MARKS.setflags(write=False)


def quality_state(code: int) -> State:
    """A quality code as a badge."""
    shown = quality_of(code)
    return State(shown.label, shown.tone)
