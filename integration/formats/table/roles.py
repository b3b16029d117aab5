"""Which column of a file seems to mean what, and how values lie in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from integration.formats.table.days import interval_of_width
from integration.formats.table.evidence import Looks, looks_of
from integration.formats.table.mapping import Layout
from integration.formats.table.quantities import obis_of
from integration.formats.table.sample import Sample
from integration.formats.table.units import unit_of
from integration.formats.table.words import MEANINGS, is_among

_FEWEST_OF_A_DAY = 23
_ONCE = ("point", "quantity", "unit", "quality", "serial", "kind", "length", "flag")


@dataclass(frozen=True, slots=True)
class Roles:
    """Index of the column by meaning (without `value`), and the columns of values in their order."""

    layout: Layout
    of: dict[str, int]
    values: tuple[int, ...]


def roles_of(sample: Sample) -> Roles:
    """The roles of the columns of a sample, by headings first and by what the cells look like second."""
    looks = [looks_of(sample.column(index)) for index in range(len(sample.headings))]
    of = _times(sample, looks)
    for meaning in _ONCE:
        found = _first(sample, MEANINGS[meaning], set(of.values()))
        if found is not None and not (looks[found].format or _is_value(sample, looks, found)):
            of[meaning] = found
    numbers = tuple(index for index, look in enumerate(looks) if look.number and index not in of.values())
    layout = _layout(sample, looks, of, numbers)
    if layout is Layout.LONG:
        return _long(sample, of, numbers)
    if layout is Layout.WIDE_TIME:
        of = {meaning: index for meaning, index in of.items() if meaning in ("time", "clock", "flag")}
    return Roles(layout, of, numbers)


def _times(sample: Sample, looks: list[Looks]) -> dict[str, int]:
    """The columns of date and time. Of several the one whose heading says so, then the first."""
    named = [index for index, heading in enumerate(sample.headings) if is_among(heading, MEANINGS["time"])]
    written = [index for index, look in enumerate(looks) if look.format]
    counted = [index for index in named if looks[index].counted]
    found = next((index for index in named if index in written), next(iter((*written, *counted)), None))
    if found is None:
        return {"time": named[0]} if named and not sample.rows else {}
    clocks = [index for index, look in enumerate(looks) if look.clock and not looks[found].with_clock]
    clocks.sort(key=lambda index: not is_among(sample.headings[index], MEANINGS["clock"]))
    return {"time": found} | ({"clock": clocks[0]} if clocks else {})


def _first(sample: Sample, phrases: str, taken: Iterable[int]) -> int | None:
    """The column whose heading is the earliest of the phrases."""
    order = phrases.split("|")
    ranked = [
        (order.index(found), index)
        for index, heading in enumerate(sample.headings)
        if index not in taken and (found := next((text for text in order if is_among(heading, text)), ""))
    ]
    return min(ranked)[1] if ranked else None


def _is_value(sample: Sample, looks: list[Looks], index: int) -> bool:
    """Whether a heading that could mean something else stands above fractions: a register, an index."""
    cells = sample.column(index)
    is_code = all(obis_of(cell, {}) for cell in cells)
    return looks[index].number and not is_code and any("," in cell or "." in cell for cell in cells)


def _layout(sample: Sample, looks: list[Looks], of: dict[str, int], numbers: tuple[int, ...]) -> Layout:
    """Nothing says whose values they are: then the headings do, unless there is one and it only says "value"."""
    is_day = "time" in of and "clock" not in of and not looks[of["time"]].with_clock
    if len(numbers) >= _FEWEST_OF_A_DAY and is_day and interval_of_width(len(numbers)):
        return Layout.WIDE_DAY
    plain = [index for index in numbers if _says_value(sample.headings[index])]
    if len(numbers) > 1 or len(plain) < len(numbers):
        return Layout.LONG if of.keys() & {"point", "quantity", "unit"} else Layout.WIDE_TIME
    return Layout.LONG


def _says_value(heading: str) -> bool:
    return is_among(heading, MEANINGS["value"]) or unit_of(heading) is not None or heading.isdigit()


def _long(sample: Sample, of: dict[str, int], numbers: tuple[int, ...]) -> Roles:
    """The column of the value: by its heading, or the unit that is its heading, else the last of numbers. A column of
    numbers before it may identify the metering point."""
    left = set(range(len(sample.headings))) - set(numbers)
    value = _first(sample, MEANINGS["value"], {*of.values(), *left})
    if value is None:
        units = (index for index in numbers if unit_of(sample.headings[index]))
        value = next(units, numbers[-1] if numbers else None)
    if "point" not in of:
        texts = [index for index in range(len(sample.headings)) if index not in {*of.values(), value}]
        identities = [index for index in texts if all(len(cell) >= 8 for cell in sample.column(index) or [""])]
        of |= {"point": identities[0]} if identities else {}
    return Roles(Layout.LONG, of, () if value is None else (value,))
