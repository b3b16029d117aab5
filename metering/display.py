"""How values are written for people: energy in kilo units, exact decimals, a word and a symbol for every quality."""

from decimal import Decimal

from aim.web.charts import ChartQuality
from aim.web.formats import grouped
from aim.web.tones import State
from metering.models import Series
from metering.quality import CLASS_SHIFT, Quality, QualityClass
from metering.store import NO_VALUE

_KILO = {"Wh": "kWh", "varh": "kvarh", "VAh": "kVAh"}

QUALITIES: dict[int, ChartQuality] = {
    quality.code: quality
    for quality in (
        ChartQuality(Quality.MEASURED, "Measured", "ok", ""),
        ChartQuality(Quality.SUSPECT, "Suspect", "warn", "?"),
        ChartQuality(Quality.ESTIMATED, "Estimated", "busy", "~"),
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
}


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
    known = QUALITIES.get(code)
    return known or QUALITIES[_CLASSES[QualityClass(code >> CLASS_SHIFT)]]


def quality_state(code: int) -> State:
    """A quality code as a badge."""
    shown = quality_of(code)
    return State(shown.label, shown.tone)
