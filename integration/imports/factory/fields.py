"""What a line of a factory file gives, besides its keys: fields of devices, and the name the device itself goes by."""

from __future__ import annotations

from integration.formats.factory import FIELDS, is_xml
from integration.formats.factory.xml_file import element_of
from integration.imports.masterdata import cells, devices
from integration.imports.masterdata.cells import CellError, Reading
from integration.imports.masterdata.columns import Layout
from integration.imports.masterdata.fields import Field

_MAKER, _LONGEST_NAME = 3, 16


def _logical_name(text: str, reading: Reading) -> str:
    """A logical device name: up to 16 characters, the first three those of the manufacturer (IEC 62056-6-2)."""
    if not _MAKER < len(text) <= _LONGEST_NAME or not (text.isascii() and text.isprintable()):
        raise CellError(f"a logical device name has 4 to {_LONGEST_NAME} ASCII characters, three of them its maker's")
    return text


KEYS = Field("keys", "Keys", cells.words)
"""Never read from a cell: see `staging`."""
LOGICAL_NAME = Field("logical_device_name", "Logical device name", _logical_name)
_OF_DEVICES = {each.name: each for each in devices.FIELDS}
READ: dict[str, Field] = {name: _OF_DEVICES.get(name, LOGICAL_NAME) for name in FIELDS}
"""The fields of a line by name."""


def layout_for(head: bytes) -> Layout:
    """What the columns of a file with these first octets are called, in its problems too."""
    names = {name: element_of(name) for name in FIELDS} if is_xml(head) else {name: name for name in FIELDS}
    return Layout(columns=names)
