"""The rows of a compact array: as in an array, but the description says the types and no row repeats them."""

from functools import partial

from protocols.dlms.axdr import octets
from protocols.dlms.compact_array import VALUES_PER_OCTET
from protocols.dlms.row_layout import RowLayout, layout_for
from protocols.dlms.row_pattern import LONGEST, packed_cells_at
from protocols.dlms.row_runs import Rows, sorted_rows
from protocols.dlms.tags import Tag
from protocols.dlms.type_description import TypeDescription, decode_description


def packed_rows(buffer: bytes, offset: int) -> tuple[list[Rows] | None, int]:
    """The rows of the compact array after its tag at `offset` and how many they are; None for others than flat ones."""
    description, start = decode_description(buffer, offset)
    contents, end = octets(buffer, start)
    if not _is_flat(description) or end != len(buffer):
        return None, 0
    tags = tuple(part.tag for part in description.parts)
    groups = sorted_rows(contents, 0, partial(_layout_at, tags))
    rows = sum(len(group.records) for group in groups or ())
    return (groups, rows) if rows * description.values <= VALUES_PER_OCTET * (end - offset) else (None, 0)


def _is_flat(description: TypeDescription) -> bool:
    """Whether it is a structure of a few simple types that have contents."""
    simple = all(not part.parts and part.tag != Tag.STRUCTURE for part in description.parts)
    return description.tag == Tag.STRUCTURE and simple and len(description.parts) <= LONGEST and description.least > 0


def _layout_at(tags: tuple[int, ...], contents: bytes, offset: int) -> RowLayout | None:
    cells = packed_cells_at(tags, contents, offset)
    return layout_for(cells, packed=True) if cells else None
