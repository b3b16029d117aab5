"""What devices of a model send of themselves: alarm registers bit by bit, and pushes that do not say what they hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from devices.described_fields import known_only, whole
from protocols.dlms.cosem import Attribute
from protocols.dlms.obis import Obis

HIGHEST_BIT = 63


def alarm_bits_of(raw: Mapping[str, Mapping[str, str]]) -> Mapping[Obis, Mapping[int, str]]:
    """The `alarm_bits` of a description: alarm register, bit (0 is the lowest) and key in the event catalogue."""
    return {Obis.parse(obis): {bit_of(bit): key for bit, key in bits.items()} for obis, bits in raw.items()}


def push_of(raw: Mapping[str, Sequence[Mapping[str, Any]]]) -> Mapping[str, tuple[Attribute, ...]]:
    """The `push` templates by name: the attributes of a push in their order, where it does not tell them itself."""
    return {name: tuple(element_of(each) for each in elements) for name, elements in raw.items()}


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
