"""The list a concentrator keeps of its meters: where it is, and what the elements of an entry are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.described_fields import known_only, whole
from protocols.dlms.cosem import Attribute
from protocols.dlms.obis import Obis

ELEMENTS = ("address", "serial_number", "system_title", "since", "unused")
"""`address`: physical device address behind the concentrator; `since`: when it was registered there."""
_DATA, _VALUE = 1, 2


@dataclass(frozen=True, slots=True)
class MeterList:
    """An attribute that holds an array of structures, one per meter, with these `elements` in this order."""

    attribute: Attribute
    elements: tuple[str, ...]


def meter_list_of(raw: Mapping[str, Any] | None) -> MeterList | None:
    """The `meter_list` of a description; None where there is none. ValueError names what is wrong.

    Without an address nobody finds the meter, and without a serial number or a system title nobody knows which it is.
    """
    if raw is None:
        return None
    known_only(raw, ("class_id", "obis", "attribute", "elements"), "meter_list")
    elements = tuple(raw["elements"])
    for element in elements:
        if element not in ELEMENTS:
            raise ValueError(f"element {element!r} of meter_list is not one of {', '.join(ELEMENTS)}")
    named = [element for element in elements if element != "unused"]
    if len(set(named)) < len(named):
        raise ValueError("an element of meter_list stands twice")
    if "address" not in named or not {"serial_number", "system_title"} & set(named):
        raise ValueError("elements of meter_list have an address, and a serial_number or a system_title")
    attribute = Attribute(
        whole(raw, "class_id", _DATA, 0, 0xFFFF), Obis.parse(raw["obis"]), whole(raw, "attribute", _VALUE, 1, 127)
    )
    return MeterList(attribute, elements)
