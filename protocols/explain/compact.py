"""The compact-array (tag 19): the type is described once, the contents follow without tags."""

from dataclasses import dataclass

from protocols.dlms.data import FIXED, MAX_DEPTH
from protocols.dlms.tags import Tag
from protocols.explain.cursor import Cursor, Stop
from protocols.explain.strings import octets_words

_MAX_FIELDS = 1000
_NAMES = {tag: tag.name.lower().replace("_", "-") for tag in Tag}


@dataclass(frozen=True, slots=True)
class Kind:
    """A described type; `parts` and `count` for arrays and structures."""

    tag: int
    parts: tuple["Kind", ...] = ()
    count: int = 1

    @property
    def fields(self) -> int:
        """How many values one element holds."""
        return self.count * sum(part.fields for part in self.parts) if self.parts or self.count == 0 else 1

    def __str__(self) -> str:
        if self.tag == Tag.ARRAY:
            return f"array of {self.count} × {self.parts[0]}"
        if self.tag == Tag.STRUCTURE:
            return f"structure({', '.join(map(str, self.parts))})"
        return _NAMES[Tag(self.tag)]


def explain_compact_array(cursor: Cursor, label: str = "") -> None:
    """The description and every element."""
    with cursor.group(f"{label}compact-array") as node:
        cursor.take(1)
        since = cursor.at
        kind = _described(cursor, 0)
        cursor.leaf("type of an element", since, str(kind))
        if not 0 < kind.fields <= _MAX_FIELDS:
            raise Stop(f"an element of {kind.fields} values is refused")
        size = cursor.length()
        cursor.part("contents", size, lambda inner: _contents(inner, kind), f"{size} octets")
        count = sum(child.name == "element" for child in node.children[-1].children)
        node.meaning = "1 element" if count == 1 else f"{count} elements"


def _described(cursor: Cursor, depth: int) -> Kind:
    if depth >= MAX_DEPTH:
        raise Stop(f"a type nested deeper than {MAX_DEPTH} levels")
    tag = cursor.number(1)
    if tag == Tag.ARRAY:
        count = cursor.number(2)
        return Kind(tag, (_described(cursor, depth + 1),), count)
    if tag == Tag.STRUCTURE:
        count = cursor.length()
        if count > cursor.left:
            raise Stop(f"{count} fields are announced, {cursor.left} octets are left")
        return Kind(tag, tuple(_described(cursor, depth + 1) for _ in range(count)))
    if tag not in _NAMES or tag == Tag.COMPACT_ARRAY:
        raise Stop(f"{tag:#04x} is not a type of a compact-array")
    return Kind(tag)


def _contents(cursor: Cursor, kind: Kind) -> None:
    while cursor.left:
        since = cursor.at
        words = _value(cursor, kind)
        if cursor.at == since:
            raise Stop("elements without octets cannot be counted")
        cursor.leaf("element", since, words)


def _value(cursor: Cursor, kind: Kind) -> str:
    if kind.tag in (Tag.ARRAY, Tag.STRUCTURE):
        return ", ".join(_value(cursor, part) for _ in range(kind.count) for part in kind.parts)
    if kind.tag in FIXED:
        layout = FIXED[kind.tag]
        value = layout.unpack(cursor.take(layout.size))[0]
        return octets_words(value) if isinstance(value, bytes) else str(value)
    if kind.tag == Tag.BIT_STRING:
        count = cursor.length()
        return "".join(f"{octet:08b}" for octet in cursor.take((count + 7) // 8))[:count]
    return octets_words(cursor.string()) if kind.tag in _STRINGS else "null"


_STRINGS = (Tag.OCTET_STRING, Tag.VISIBLE_STRING, Tag.UTF8_STRING)
