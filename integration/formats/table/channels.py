"""Which series a row belongs to: point, quantity, unit and meter as texts, checked once and made a channel."""

from __future__ import annotations

from dataclasses import dataclass

from integration.formats.portion import Channel, Kind
from integration.formats.table.gsrn import point_fault
from integration.formats.table.headings import remark, without_remark
from integration.formats.table.mapping import HeadingPart, Mapping
from integration.formats.table.quantities import kind_of, obis_of
from integration.formats.table.units import unit_of


@dataclass(frozen=True, slots=True)
class Key:
    """What the file says of a value: texts as they stand, empty where it says nothing."""

    point: str
    quantity: str
    unit: str
    serial: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A series of the file before its interval and decimals are known. `power`: file unit = 10^power of our unit."""

    point: str
    name: str
    obis: str
    unit: str
    power: int
    kind: Kind
    source: str

    def channel(self, interval_s: int, exponent: int) -> Channel:
        """The channel of values of this length and exponent."""
        return Channel(self.point, self.name, self.obis, self.unit, self.kind, interval_s, exponent, self.source)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why values cannot be taken: the heading at fault, what stands there, and the reason."""

    column: str
    text: str
    reason: str


class Drafting:
    """Makes drafts by the rules of one mapping."""

    def __init__(self, mapping: Mapping, value_heading: str = "") -> None:
        self._mapping = mapping
        self._unit_of_heading = remark(value_heading)

    def draft(self, key: Key) -> Draft | Refusal:
        """The series a key means, or what is wrong with it."""
        mapping, columns, fixed = self._mapping, self._mapping.columns, self._mapping.fixed
        point = key.point or fixed.point
        if fault := point_fault(point):
            return Refusal(columns.point, point, fault)
        quantity = key.quantity or fixed.quantity
        obis = obis_of(quantity, mapping.names.quantities)
        if obis is None:
            reason = "neither an OBIS code nor a quantity of the mapping" if quantity else "the quantity is missing"
            return Refusal(columns.quantity, quantity, reason)
        kind = mapping.kind or kind_of(obis)
        if kind is None:
            return Refusal(
                columns.quantity, quantity, "nobody says whether this is a stand, consumption or instantaneous"
            )
        written = key.unit or self._unit_of_heading or fixed.unit
        unit = unit_of(written)
        if unit is None:
            return Refusal(columns.unit, written, "unknown unit" if written else "the unit is missing")
        source = (key.serial or fixed.serial) if kind is not Kind.CONSUMPTION else ""
        return Draft(point, quantity, obis, unit[0], unit[1], kind, source)


def key_of_heading(heading: str, mapping: Mapping) -> Key:
    """What the heading of a value column says (WIDE_TIME): its words by `names.heading`, a unit in brackets at the end.

    Where there are more words than parts, the rest belongs to the last part.
    """
    parts = mapping.names.heading
    words = [word.strip() for word in without_remark(heading).split(mapping.names.separator, len(parts) - 1)]
    found = dict(zip(parts, words, strict=False))
    return Key(
        point=found.get(HeadingPart.POINT, ""),
        quantity=found.get(HeadingPart.QUANTITY, ""),
        unit=found.get(HeadingPart.UNIT, "") or _unit_in_brackets(heading),
        serial=found.get(HeadingPart.SERIAL, ""),
    )


def _unit_in_brackets(heading: str) -> str:
    found = remark(heading)
    return found if unit_of(found) else ""
