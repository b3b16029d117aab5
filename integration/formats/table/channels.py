"""Which series a row belongs to: point, quantity, unit and meter as texts, checked once and made a channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from integration.formats.portion import Channel, Kind
from integration.formats.table.formulas import armed
from integration.formats.table.gsrn import point_fault
from integration.formats.table.headings import remark, without_remark
from integration.formats.table.lengths import SINGLE, length_of
from integration.formats.table.mapping import FileKind, HeadingPart, Mapping
from integration.formats.table.quantities import kind_of, obis_of
from integration.formats.table.units import unit_of

_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Key:
    """What the file says of a value: texts as they stand, empty where it says nothing."""

    point: str
    quantity: str
    unit: str
    serial: str
    kind: str
    length: str


PARTS = tuple(field.name for field in fields(Key))


@dataclass(frozen=True, slots=True)
class Draft:
    """A series of the file before its decimals are known. `power`: file unit = 10^power of our unit; `interval_s` None
    where the file does not name it."""

    point: str
    name: str
    obis: str
    unit: str
    power: int
    kind: Kind
    source: str
    interval_s: int | None

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
        point = self._plain(key.point) or fixed.point
        if fault := point_fault(point):
            return Refusal(columns.point, point, fault)
        quantity = key.quantity or fixed.quantity
        obis = obis_of(quantity, mapping.names.quantities)
        if obis is None:
            reason = "neither an OBIS code nor a quantity of the mapping" if quantity else "the quantity is missing"
            return Refusal(columns.quantity, quantity, reason)
        kind = _KINDS.get(key.kind.casefold()) if key.kind else mapping.kind or kind_of(obis)
        if kind is None:
            column, text = (columns.kind, key.kind) if key.kind else (columns.quantity, quantity)
            return Refusal(column, text, "nobody says whether this is a stand, consumption or instantaneous")
        length = length_of(key.length) if key.length else None
        if key.length and length is None:
            return Refusal(columns.length, key.length, f"not an interval: minutes that divide a day, or {SINGLE}")
        written = key.unit or self._unit_of_heading or fixed.unit
        unit = unit_of(written)
        if unit is None:
            return Refusal(columns.unit, written, "unknown unit" if written else "the unit is missing")
        source = (self._plain(key.serial) or fixed.serial) if kind is not Kind.CONSUMPTION else ""
        return Draft(point, quantity, obis, unit[0], unit[1], kind, source, length)

    def _plain(self, text: str) -> str:
        return armed(text) if self._mapping.source.kind is FileKind.CSV else text


def key_of_heading(heading: str, mapping: Mapping) -> Key:
    """What the heading of a value column says (WIDE_TIME): its words by `names.heading`, and at its end, in brackets,
    unit, kind and interval, whichever are there: `4711 (kWh, consumption, 15 min)`.

    Where there are more words than parts, the rest belongs to the last part.
    """
    parts = mapping.names.heading
    words = [word.strip() for word in without_remark(heading).split(mapping.names.separator, len(parts) - 1)]
    found = dict(zip(parts, words, strict=False))
    said = [text.strip() for text in remark(heading).split(",")]
    unit = _first(said, unit_of)
    return Key(
        point=found.get(HeadingPart.POINT, ""),
        quantity=found.get(HeadingPart.QUANTITY, ""),
        unit=found.get(HeadingPart.UNIT, "") or unit,
        serial=found.get(HeadingPart.SERIAL, ""),
        kind=_first(said, lambda text: _KINDS.get(text.casefold())),
        length=_first([text for text in said if text != unit], length_of),
    )


def _first(texts: list[str], meaning: Callable[[str], object | None]) -> str:
    return next((text for text in texts if meaning(text) is not None), "")
