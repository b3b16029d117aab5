"""What devices of a model send of themselves: alarm registers bit by bit, pushes that do not say what they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devices.described_fields import known_only, whole
from protocols.dlms.cosem import Attribute
from protocols.dlms.obis import Obis
from protocols.dlms.tags import Tag
from protocols.dlms.type_description import decode_description
from protocols.errors import RemoteProtocolError

HIGHEST_BIT = 63
COMPACT_DATA = 62


@dataclass(frozen=True, slots=True)
class CompactTemplate:
    """What a buffer of compact data holds: the attributes captured, and their types as in `template_description`."""

    template_id: int
    types: bytes
    elements: tuple[Attribute, ...]

    def fits(self, buffer: bytes) -> bool:
        """Whether a buffer is of this template, as far as it captures its id, which then comes first."""
        first = self.elements[0]
        return (first.class_id, first.index) != (COMPACT_DATA, 4) or buffer[:1] == bytes((self.template_id,))


def alarm_bits_of(raw: Mapping[str, Mapping[str, str]]) -> Mapping[Obis, Mapping[int, str]]:
    """The `alarm_bits` of a description: alarm register, bit (0 is the lowest) and key in the event catalogue."""
    return {Obis.parse(obis): {bit_of(bit): key for bit, key in bits.items()} for obis, bits in raw.items()}


def push_of(raw: Mapping[str, Sequence[Mapping[str, Any]]]) -> Mapping[str, tuple[Attribute, ...]]:
    """The `push` templates by name: the attributes of a push in their order, where it does not tell them itself."""
    return {name: tuple(element_of(each) for each in elements) for name, elements in raw.items()}


def compact_data_of(raw: Mapping[str, Sequence[Mapping[str, Any]]]) -> Mapping[Obis, tuple[CompactTemplate, ...]]:
    """The `compact_data` of a description: the templates that each object of class 62 goes by."""
    return {Obis.parse(obis): tuple(_template(each) for each in templates) for obis, templates in raw.items()}


def _template(raw: Mapping[str, Any]) -> CompactTemplate:
    known_only(raw, ("template_id", "types", "elements"), "a template of compact_data")
    types = bytes.fromhex(raw["types"])
    try:
        found, end = decode_description(types)
    except RemoteProtocolError as error:
        raise ValueError(f"types of compact_data: {error}") from None
    elements = tuple(element_of(each) for each in raw["elements"])
    if end != len(types) or found.tag != Tag.STRUCTURE or len(found.parts) != len(elements) or not elements:
        raise ValueError(f"types of compact_data are not one structure of {len(elements)} elements")
    return CompactTemplate(whole(raw, "template_id", None, 0, 0xFF), types, elements)


def element_of(raw: Mapping[str, Any]) -> Attribute:
    """One element of a push template."""
    known_only(raw, ("class_id", "obis", "attribute"), "an element of push")
    return Attribute(
        whole(raw, "class_id", None, 0, 0xFFFF), Obis.parse(raw["obis"]), whole(raw, "attribute", 2, 0, 255)
    )


def bit_of(text: str) -> int:
    """The number of a bit. ValueError where it is none."""
    if not text.isdecimal() or int(text) > HIGHEST_BIT:
        raise ValueError(f"{text!r} is not the number of a bit, 0 to {HIGHEST_BIT}")
    return int(text)
