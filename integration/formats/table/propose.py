"""A mapping proposed for a file nobody has described, from its headings and first rows.

A proposal is for a person to look at: what cannot be told is left empty, and `checks.check` then says what is missing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from integration.formats.table.evidence import looks_of
from integration.formats.table.headings import remark, without_remark
from integration.formats.table.mapping import (
    AUTO,
    Ambiguous,
    Columns,
    Fixed,
    HeadingPart,
    Layout,
    Mapping,
    Mark,
    Names,
    Numbers,
    Times,
)
from integration.formats.table.opening import source_of
from integration.formats.table.quantities import obis_of
from integration.formats.table.roles import Roles, roles_of
from integration.formats.table.sample import Sample, columns
from integration.formats.table.signs import decimal_sign, thousands_sign
from integration.formats.table.units import unit_of
from integration.formats.table.words import ENDS, QUALITIES, QUANTITIES, STANDS, is_among, meaning_of
from integration.formats.table.zones import ZoneError, zone_of

_STAND, _CONSUMPTION = "1-0:1.8.0", "1-0:1.29.0"


def propose(stream: BinaryIO, name: str, *, zone: str = "UTC") -> Mapping:
    """The mapping a file seems to ask for; `zone` is that of its utility, for local times. Never raises for what the
    file contains. `stream` is at its start and seekable."""
    source = source_of(stream, name)
    sample = columns(stream, source)
    stream.seek(0)
    roles = roles_of(sample)
    if source.header_row:
        source = replace(source, delimiter=sample.info.get("delimiter", AUTO))
    return Mapping(
        source=source,
        layout=roles.layout,
        columns=_columns(sample, roles),
        fixed=_fixed(sample, roles),
        names=_names(sample, roles),
        times=_times(sample, roles, zone),
        numbers=_numbers(sample, roles),
    )


def _columns(sample: Sample, roles: Roles) -> Columns:
    """Headings by meaning, without the remarks that `headings.locate` does not need."""
    found = {meaning: _heading(sample, index) for meaning, index in roles.of.items()}
    if roles.layout is Layout.LONG and roles.values:
        found["value"] = _heading(sample, roles.values[0])
    values = () if roles.layout is Layout.LONG else tuple(sample.headings[index] for index in roles.values)
    return Columns(**found, values=values)


def _heading(sample: Sample, index: int) -> str:
    heading = without_remark(sample.headings[index])
    alike = [other for other in sample.headings if without_remark(other).casefold() == heading.casefold()]
    return heading if len(alike) == 1 else sample.headings[index]


def _fixed(sample: Sample, roles: Roles) -> Fixed:
    headings = [sample.headings[index] for index in roles.values]
    units = [unit for unit in map(_unit_in, headings) if unit]
    unit = units[0] if units and "unit" not in roles.of else ""
    said = unit or next((text for text in _cells(sample, roles, "unit") if unit_of(text)), "")
    quantity = ""
    in_heading = roles.layout is Layout.WIDE_TIME and HeadingPart.QUANTITY in _heading_parts(headings)[0]
    if "quantity" not in roles.of and not in_heading and (unit_of(said) or ("", 0))[0] == "Wh":
        is_stand = any(is_among(heading, STANDS) for heading in headings)
        quantity = _STAND if is_stand else _CONSUMPTION
    return Fixed(quantity=quantity, unit=unit)


def _unit_in(heading: str) -> str:
    """The unit a heading names: in brackets, as its last word, or because it is nothing else."""
    words = [*(text.strip() for text in remark(heading).split(",")), *without_remark(heading).replace("_", " ").split()]
    return next((word for word in (*words[:1], *words[-1:]) if len(word) > 1 and unit_of(word)), "")


def _names(sample: Sample, roles: Roles) -> Names:
    texts = dict.fromkeys(_cells(sample, roles, "quality"))
    qualities = {text: quality for text in texts if (quality := meaning_of(text, QUALITIES))}
    headings = [sample.headings[index] for index in roles.values]
    parts, separator = _heading_parts(headings) if roles.layout is Layout.WIDE_TIME else ((HeadingPart.POINT,), " ")
    named = _cells(sample, roles, "quantity")
    if HeadingPart.QUANTITY in parts:
        named = [without_remark(heading) for heading in headings]
    quantities = {text: obis for text in dict.fromkeys(named) if (obis := meaning_of(text, QUANTITIES))}
    return Names(quantities=quantities, qualities=qualities, heading=parts, separator=separator)


def _heading_parts(headings: list[str]) -> tuple[tuple[HeadingPart, ...], str]:
    """What the headings of value columns say, and what stands between their words."""
    texts = [without_remark(heading) for heading in headings]
    if texts and all(meaning_of(text, QUANTITIES) or obis_of(text, {}) for text in texts):
        return (HeadingPart.QUANTITY,), " "
    for separator in ("|", ";", "/", "_", " "):
        words = [[word.strip() for word in text.split(separator)] for text in texts]
        if words and all(len(row) > 1 and obis_of(row[1], {}) for row in words):
            return (HeadingPart.POINT, HeadingPart.QUANTITY, HeadingPart.SERIAL), separator
    return (HeadingPart.POINT,), " "


def _times(sample: Sample, roles: Roles, zone: str) -> Times:
    if "time" not in roles.of:
        return Times(zone=zone)
    index = roles.of["time"]
    heading = sample.headings[index]
    looks = looks_of(sample.column(index))
    format_ = looks.format or looks.counted or AUTO
    if "clock" in roles.of and format_ != AUTO:
        clock = sample.column(roles.of["clock"])
        format_ += " HH:MM:SS" if any(cell.count(":") > 1 for cell in clock) else " HH:MM"
    return Times(
        format=format_,
        mark=Mark.END if is_among(heading, ENDS) else Mark.START,
        zone=_zone_in(remark(heading)) or zone,
        ambiguous=Ambiguous.FLAG if "flag" in roles.of else Ambiguous.ORDER,
        first=("first", *Times().first),
    )


def _zone_in(text: str) -> str:
    try:
        zone_of(text)
    except ZoneError:
        return ""
    return text


def _numbers(sample: Sample, roles: Roles) -> Numbers:
    """The decimal sign where the first rows leave no doubt; otherwise the reader decides, and says so."""
    texts = [cell for index in roles.values for cell in sample.column(index)]
    sign, sure = decimal_sign(texts)
    thousands = thousands_sign(texts, sign) if sure else ""
    return Numbers(decimal=sign if thousands or (sure and sign == ",") else AUTO, thousands=thousands)


def _cells(sample: Sample, roles: Roles, meaning: str) -> list[str]:
    return sample.column(roles.of[meaning]) if meaning in roles.of else []
