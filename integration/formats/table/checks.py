"""Whether a mapping can be followed: every fault names its field, so that a form can show it there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from integration.formats.portion import MOST_DIGITS, Kind
from integration.formats.table.channels import PARTS
from integration.formats.table.encodings import ENCODINGS
from integration.formats.table.layout import MEANINGS
from integration.formats.table.lengths import is_interval
from integration.formats.table.mapping import AUTO, Ambiguous, FileKind, HeadingPart, Layout, Mapping, Misfit
from integration.formats.table.patterns import pattern_fault
from integration.formats.table.qualities import KNOWN, QUALITIES
from integration.formats.table.quantities import obis_of
from integration.formats.table.units import unit_of
from integration.formats.table.zones import ZoneError, zone_of

DELIMITERS = (",", ";", "\t", "|")
QUOTES = ('"', "'")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a setting: `times.zone`, `names.quantities.A+`."""

    field: str
    reason: str


class MappingError(ValueError):
    """The mapping cannot be followed; `faults` name the fields."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.field} {fault.reason}" for fault in faults))
        self.faults = faults


def check(mapping: Mapping) -> list[Fault]:
    """All faults of a mapping; empty when it can be followed."""
    parts = (_source, _columns, _wide, _names, _times, _numbers)
    return [Fault(name, reason) for part in parts for name, reason in part(mapping)]


def _source(mapping: Mapping) -> Iterator[tuple[str, str]]:
    source = mapping.source
    if source.encoding not in (AUTO, *ENCODINGS):
        yield "source.encoding", f"must be auto or one of {', '.join(ENCODINGS)}"
    if source.delimiter not in (AUTO, *DELIMITERS):
        yield "source.delimiter", "must be auto, comma, semicolon, tab or |"
    if source.quote not in QUOTES:
        yield "source.quote", "must be a single or double quotation mark"
    if not 0 <= source.header_row <= 1000:
        yield "source.header_row", "must be between 0 (no headings) and 1000"
    if source.sheet and source.kind is FileKind.CSV:
        yield "source.sheet", "belongs to workbooks, not to text files"


def _columns(mapping: Mapping) -> Iterator[tuple[str, str]]:
    columns, fixed = mapping.columns, mapping.fixed
    if not columns.time:
        yield "columns.time", "must name the column of the time"
    in_heading = mapping.names.heading if mapping.layout is Layout.WIDE_TIME else ()
    if not (columns.point or fixed.point or HeadingPart.POINT in in_heading):
        yield "columns.point", "must name the column of the metering point, or one fixed point"
    if not (columns.quantity or fixed.quantity or HeadingPart.QUANTITY in in_heading):
        yield "columns.quantity", "must name the column of the quantity, or one fixed quantity"
    if mapping.layout is Layout.LONG and not columns.value:
        yield "columns.value", "must name the column of the value"
    if mapping.times.ambiguous is Ambiguous.FLAG and not columns.flag:
        yield "columns.flag", "must name the column that tells the first of two equal hours from the second"
    if fixed.unit and unit_of(fixed.unit) is None:
        yield "fixed.unit", f"{fixed.unit!r} is not a known unit"
    if fixed.quantity and obis_of(fixed.quantity, mapping.names.quantities) is None:
        yield "fixed.quantity", f"{fixed.quantity!r} is neither an OBIS code nor one of the named quantities"
    yield from _twice(mapping)


def _twice(mapping: Mapping) -> Iterator[tuple[str, str]]:
    columns, seen = mapping.columns, set[str]()
    for name in MEANINGS:
        heading = getattr(columns, name).strip().casefold()
        if heading and heading in seen:
            yield f"columns.{name}", f"{getattr(columns, name)!r} already has another meaning"
        seen.add(heading)


def _wide(mapping: Mapping) -> Iterator[tuple[str, str]]:
    columns = mapping.columns
    if mapping.layout is not Layout.LONG:
        for name in ("value", "quality"):
            if getattr(columns, name):
                yield f"columns.{name}", "belongs to the long layout"
    if mapping.layout is Layout.WIDE_DAY:
        for name in ("clock", "length"):
            if getattr(columns, name):
                yield f"columns.{name}", "has no place where a row is a day"
    if mapping.layout is Layout.WIDE_TIME:
        for name in PARTS:
            if getattr(columns, name):
                yield f"columns.{name}", "has no place where a row is an instant: name it in the headings or fix it"
        if not mapping.names.separator:
            yield "names.separator", "must not be empty"
    if mapping.times.misfit is Misfit.SPREAD and mapping.kind not in (None, Kind.CONSUMPTION):
        yield "times.misfit", "only consumption can be spread"


def _names(mapping: Mapping) -> Iterator[tuple[str, str]]:
    for text, obis in mapping.names.quantities.items():
        if obis_of(obis, {}) is None:
            yield f"names.quantities.{text}", f"{obis!r} is not an OBIS code like 1-0:1.8.0"
    for text, quality in mapping.names.qualities.items():
        if quality not in KNOWN:
            yield f"names.qualities.{text}", f"must be one of {', '.join(QUALITIES)}, or an estimate with its method"


def _times(mapping: Mapping) -> Iterator[tuple[str, str]]:
    times = mapping.times
    if times.format != AUTO and (fault := pattern_fault(times.format)):
        yield "times.format", fault
    try:
        zone_of(times.zone)
    except ZoneError as error:
        yield "times.zone", str(error)
    if times.interval_s and not is_interval(times.interval_s):
        yield "times.interval_s", "must be at least a minute and divide a day, or 0 for register values"


def _numbers(mapping: Mapping) -> Iterator[tuple[str, str]]:
    numbers = mapping.numbers
    if numbers.decimal not in (AUTO, ".", ","):
        yield "numbers.decimal", "must be auto, point or comma"
    if numbers.thousands not in ("", ".", ",", "'", " "):
        yield "numbers.thousands", "must be empty, point, comma, apostrophe or a space"
    elif numbers.thousands and numbers.thousands == numbers.decimal:
        yield "numbers.thousands", "must differ from the decimal sign"
    elif numbers.thousands and numbers.decimal == AUTO:
        yield "numbers.decimal", "must be declared where thousands are separated"
    if _factor_fault(numbers.factor):
        yield "numbers.factor", f"must be a decimal number above zero of at most {MOST_DIGITS} digits"


def _factor_fault(text: str) -> bool:
    try:
        factor = Decimal(text)
    except InvalidOperation:
        return True
    if not factor.is_finite() or factor <= 0:
        return True
    return len(factor.as_tuple().digits) > MOST_DIGITS or abs(factor.adjusted()) > MOST_DIGITS
