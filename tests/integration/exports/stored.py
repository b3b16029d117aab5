"""Everything that is stored of the series of a utility, told by what others call the metering points."""

from __future__ import annotations

from decimal import Decimal

from integration.exports.reading import read_columns
from integration.models import ExternalId
from metering.intervals import to_seconds
from metering.models import Series, ValueComment
from tests.integration.exports.conftest import END, START, House

Identity = tuple[str, str, str, str, int, str]
Value = tuple[Decimal, int, int]


def identity_of(series: Series) -> Identity:
    """What tells a series from others, whatever the ids."""
    measured, point = series.measured_property, series.metering_point
    numbers = ExternalId.objects.filter(metering_point=point).exclude(scheme=ExternalId.Scheme.OWN)
    number = numbers.values_list("value", flat=True).first()
    return number or point.gsrn, measured.obis, measured.unit, series.kind, series.interval_s, series.source


def stored(house: House) -> dict[Identity, dict[int, Value]]:
    """Every value by series and instant: number, quality, status."""
    found: dict[Identity, dict[int, Value]] = {}
    rows = Series.objects.filter(metering_point__utility=house.utility)
    for series in rows.select_related("measured_property", "metering_point"):
        columns = read_columns([series], to_seconds(START), to_seconds(END))
        values = (Decimal(value).scaleb(series.exponent).normalize() for value in columns.values.tolist())
        states = zip(values, columns.quality.tolist(), columns.status.tolist(), strict=True)
        found[identity_of(series)] = dict(zip(columns.at.tolist(), states, strict=True))
    return found


def comments(house: House) -> set[tuple[Identity, int, int, str, str]]:
    """Every standing comment."""
    rows = ValueComment.objects.filter(series__metering_point__utility=house.utility).standing()
    return {
        (identity_of(row.series), to_seconds(row.starts_at), to_seconds(row.ends_at), row.kind, row.text)
        for row in rows.select_related("series__measured_property", "series__metering_point")
    }
