"""Small charts of the first channels of a file, for its preview."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from aim.web.formats import grouped
from integration.imports.readings.rows import SAMPLED
from integration.models import FileImport, ImportChannel
from metering.display import shown_in


@dataclass(frozen=True, slots=True)
class Sketch:
    """One channel, drawn: `values` in the order of the file, None where there is none; `label` says it in words."""

    point: str
    quantity: str
    values: list[int | None]
    label: str


def sketches(request: HttpRequest, row: FileImport) -> dict[str, Any]:
    """Context of `parts/readings.html`: the channels that have a sample."""
    drawn = row.channels.exclude(sample=[]).order_by("line", "pk")[:SAMPLED]
    return {"sketches": [_sketch(channel) for channel in drawn]}


def _sketch(channel: ImportChannel) -> Sketch:
    known = [value for value in channel.sample if value is not None]
    unit, power = shown_in(channel.unit)
    low, high = (_amount(value, channel.exponent - power) for value in (min(known, default=0), max(known, default=0)))
    rhythm = f"{channel.interval_s // 60} min" if channel.interval_s else "single instants"
    return Sketch(
        channel.point,
        f"{channel.name or channel.obis}, {rhythm}",
        channel.sample,
        f"The first {len(channel.sample)} values, {low} to {high} {unit}",
    )


def _amount(value: int, exponent: int) -> str:
    return grouped(Decimal(value).scaleb(exponent), max(0, -exponent))
