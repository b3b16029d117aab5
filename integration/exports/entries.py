"""The series asked for as channels of a file, and which of them the file has no words for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from integration.exports.options import Options, Unit
from integration.exports.registry import Format
from integration.formats.portion import Channel, Kind
from integration.models import ExternalId
from metering.display import shown_in
from metering.models import Series


@dataclass(frozen=True, slots=True)
class Entry:
    """A series as the channel of a file; `refusal` says why it is none, in words."""

    series: Series
    channel: Channel
    refusal: str = ""


def entries_of(series: Sequence[Series], form: Format, options: Options) -> list[Entry]:
    """The channel of every series, with measured property and metering point loaded, in the same order.

    All series of a metering point must be asked about together: of two that are one in the file only the first is
    written. One query.
    """
    numbers = point_numbers((row.metering_point_id for row in series), form.scheme)
    taken: dict[Hashable, Series] = {}
    found = []
    for row in series:
        channel = channel_of(row, numbers.get(row.metering_point_id, ""), form, options)
        refusal = _refusal(row, channel, form, numbers)
        if not refusal:
            other = taken.setdefault(form.place(channel), row)
            refusal = "" if other is row else f"the file could not tell it from “{_name(other)}”"
        found.append(Entry(row, channel, refusal))
    return found


def point_numbers(points: Iterable[int], scheme: str) -> dict[int, str]:
    """Number of a scheme by metering point, the first by name where there are several; without a scheme none."""
    if not scheme:
        return {}
    rows = ExternalId.objects.filter(scheme=scheme, metering_point__in=set(points))
    return dict(rows.order_by("-value").values_list("metering_point", "value"))


def channel_of(series: Series, number: str, form: Format, options: Options) -> Channel:
    """What a series is in a file; `number` of its metering point there, empty for the GSRN."""
    measured = series.measured_property
    unit, power = measured.unit, 0
    if form.in_units and options.unit is Unit.KILO:
        unit, power = shown_in(unit)
    return Channel(
        point=number or series.metering_point.gsrn,
        name=measured.name,
        obis=measured.obis,
        unit=unit,
        kind=Kind(series.kind),
        interval_s=series.interval_s,
        exponent=series.exponent - power,
        source=series.source,
    )


def _refusal(series: Series, channel: Channel, form: Format, numbers: dict[int, str]) -> str:
    if form.needs_number and series.metering_point_id not in numbers:
        return f"metering point {series.metering_point.gsrn} has no {ExternalId.Scheme(form.scheme).label}"
    return form.why_unwritable(channel)


def _name(series: Series) -> str:
    source = f", {series.source}" if series.source else ""
    return f"{series.measured_property.name}, {series.rhythm}, {series.get_kind_display().lower()}{source}"
