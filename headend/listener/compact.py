"""Compact data (Blue Book, class 62): one element of a push whose octets hold many attributes, packed without tags.

Data flow: elements of a push → buffers of compact data spread into the attributes their template names → elements.
"""

from collections.abc import Iterable, Mapping

from devices.described_messages import COMPACT_DATA, CompactTemplate
from headend.listener.elements import Element
from protocols.dlms.compact_array import tagged
from protocols.dlms.data import decode
from protocols.dlms.obis import Obis

_BUFFER = 2
Templates = Mapping[Obis, tuple[CompactTemplate, ...]]


def spread(elements: Iterable[Element], templates: Templates) -> tuple[list[Element], list[str]]:
    """The elements with those of compact data in their place, and which of these nobody describes.

    RemoteProtocolError (GARBAGE) where a buffer is not what its template says.
    """
    found: list[Element] = []
    left: list[str] = []
    for element in elements:
        name = element.attribute
        if (name.class_id, name.index) != (COMPACT_DATA, _BUFFER):
            found.append(element)
        elif (held := _held(element, templates.get(name.obis, ()))) is not None:
            found += held
        else:
            left.append(f"the template of compact data {name.obis} is not described")
    return found, left


def _held(element: Element, templates: Iterable[CompactTemplate]) -> list[Element] | None:
    buffer = decode(element.value)
    if not isinstance(buffer, bytes):
        return None
    template = next((each for each in templates if each.fits(buffer)), None)
    if template is None:
        return None
    rows = tagged(template.types, buffer)
    return [Element(name, value) for row in rows for name, value in zip(template.elements, row, strict=True)]
