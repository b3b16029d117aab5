"""COSEM data as a tree with types (Green Book 9.5, CHOICE Data), and what common shapes mean."""

from collections.abc import Callable
from typing import TypeAlias

from protocols.dlms.data import FIXED, MAX_DEPTH
from protocols.dlms.obis import Obis
from protocols.dlms.tags import Tag
from protocols.dlms.units import SYMBOLS, ScalerUnit
from protocols.explain.compact import explain_compact_array
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.instants import date_words, instant_words, time_words
from protocols.explain.node import Node
from protocols.explain.obis_words import named
from protocols.explain.strings import octets_words
from protocols.explain.words import class_name

Plain: TypeAlias = int | float | bytes | str | list["Plain"] | None


def explain_data(cursor: Cursor, depth: int = 0, label: str = "") -> Plain:
    """One value and its node; the value is given back for those who know more about it."""
    tag, since = (cursor.peek() or b"\xfe")[0], cursor.at
    if tag in (Tag.ARRAY, Tag.STRUCTURE):
        return _elements(cursor, tag, depth, label)
    cursor.take(1)
    if tag == Tag.COMPACT_ARRAY:
        cursor.at = since
        explain_compact_array(cursor, label)
        return None
    name = f"{label}{type_name(tag)}"
    if tag in FIXED:
        value = _fixed(cursor, tag)
        cursor.leaf(name, since, _fixed_words(tag, value))
        return value
    read = _VARIABLE.get(tag)
    if read is None:
        cursor.at = since
        raise Stop(f"{tag:#04x} is not a data type")
    value, meaning = read(cursor)
    cursor.leaf(name, since, meaning)
    return value


def type_name(tag: int) -> str:
    """`double-long-unsigned`; the standard's name of a type."""
    try:
        return Tag(tag).name.lower().replace("_", "-")
    except ValueError:
        return f"type {tag}"


def explain_all_data(cursor: Cursor) -> None:
    """One value that fills the part."""
    explain_data(cursor)


def _elements(cursor: Cursor, tag: int, depth: int, label: str) -> Plain:
    if depth >= MAX_DEPTH:
        raise Stop(f"data nested deeper than {MAX_DEPTH} levels")
    with cursor.group(f"{label}{type_name(tag)}") as node:
        cursor.take(1)
        count = cursor.length()
        node.meaning = "1 element" if count == 1 else f"{count} elements"
        if count > cursor.left:
            raise Stop(f"{count} elements are announced, {cursor.left} octets are left")
        values = [explain_data(cursor, depth + 1) for _ in range(count)]
    if tag == Tag.STRUCTURE:
        node.meaning = _shape(node, values) or node.meaning
    return values


def _shape(node: Node, values: list[Plain]) -> str:
    """What a structure means whose fields have the types of a known one."""
    types = tuple(child.name for child in node.children)
    match values:
        case [int(scaler), int(unit)] if types == ("integer", "enum") and unit in SYMBOLS:
            return f"scaler and unit: × 10^{scaler} {ScalerUnit(scaler, unit).symbol}".rstrip()
        case [int(class_id), bytes(name), int(index), *_] if types[:4] == _CAPTURE and len(name) == 6:
            return f"{named(Obis(name))}, attribute {index} of class {class_name(class_id)}"
        case [int(class_id), int(version), bytes(name), _] if types == _LISTED and len(name) == 6:
            return f"{named(Obis(name))}, class {class_name(class_id)}, version {version}"
    return ""


_CAPTURE = ("long-unsigned", "octet-string", "integer", "long-unsigned")
_LISTED = ("long-unsigned", "unsigned", "octet-string", "structure")


def _fixed(cursor: Cursor, tag: int) -> Plain:
    layout = FIXED[tag]
    value: Plain = layout.unpack(cursor.take(layout.size))[0]
    return value


def _fixed_words(tag: int, value: Plain) -> str:
    if tag == Tag.BOOLEAN:
        return "true" if value else "false"
    if isinstance(value, bytes):
        words = {Tag.DATE_TIME: instant_words, Tag.DATE: date_words, Tag.TIME: time_words}.get(Tag(tag))
        return (words(value) if words else "") or value.hex(" ").upper()
    return str(value)


def _octet_string(cursor: Cursor) -> tuple[Plain, str]:
    raw = cursor.string()
    return raw, octets_words(raw)


def _visible_string(cursor: Cursor) -> tuple[Plain, str]:
    raw = cursor.string()
    return raw.decode("latin-1"), f'"{raw.decode("latin-1")}"'


def _utf8_string(cursor: Cursor) -> tuple[Plain, str]:
    text = cursor.string().decode("utf-8", "replace")
    return text, f'"{text}"'


def _bit_string(cursor: Cursor) -> tuple[Plain, str]:
    count = cursor.length()
    raw = cursor.take((count + 7) // 8)
    bits = "".join(f"{octet:08b}" for octet in raw)[:count]
    return bits, bits or "no bits"


_VARIABLE: dict[int, Callable[[Cursor], tuple[Plain, str]]] = {
    Tag.NULL: lambda _: (None, ""),
    Tag.DONT_CARE: lambda _: (None, ""),
    Tag.BIT_STRING: _bit_string,
    Tag.OCTET_STRING: _octet_string,
    Tag.VISIBLE_STRING: _visible_string,
    Tag.UTF8_STRING: _utf8_string,
}
