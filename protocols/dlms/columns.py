"""Profile buffers as columns. Decoding recognises the few kinds of rows there are and reads all of a kind with numpy,
null-data and differences included; what has no kind goes through the general decoder. Encoding: `rows.py`.
"""

from collections.abc import Collection
from datetime import tzinfo

from protocols.dlms.axdr import decode_length
from protocols.dlms.data import decode
from protocols.dlms.packed_rows import packed_rows
from protocols.dlms.plain_columns import plain_table
from protocols.dlms.record_columns import record_columns
from protocols.dlms.row_runs import Rows, sorted_rows
from protocols.dlms.rows import ClockColumn, IntegerColumn, RowColumn, encode_rows, join_rows, row_matrix
from protocols.dlms.tables import Column, Nulls, Rules, Table
from protocols.dlms.tags import Tag

__all__ = [
    "ClockColumn",
    "Column",
    "IntegerColumn",
    "Nulls",
    "RowColumn",
    "Table",
    "decode_columns",
    "encode_rows",
    "join_rows",
    "row_matrix",
]


def decode_columns(
    buffer: bytes,
    *,
    width: int | None = None,
    clocks: Collection[int] = (0,),
    capture_period: int = 0,
    zone: tzinfo | None = None,
    nulls: Nulls = Nulls.REPEATED,
) -> Table:
    """Decode attribute 2 of a profile, an array or compact array of structures.

    `clocks` names the columns whose 12-octet strings are instants, `capture_period` (seconds) fills a compressed clock
    (null = previous + period; whole days are those of `zone`), `zone` completes clocks without deviation, `width` is
    the number of columns expected. A clock that is not set makes that one cell absent. RemoteProtocolError (GARBAGE) if
    rows are not structures of equal length.
    """
    rules = Rules(width, clocks, capture_period, zone, nulls)
    groups, rows = _kinds(buffer)
    columns = record_columns(groups, rows, rules) if groups else None
    return plain_table(decode(buffer), rules) if columns is None else Table(columns, rows)


def _kinds(buffer: bytes) -> tuple[list[Rows] | None, int]:
    """The rows by their kinds and how many there are; None when some row has none."""
    if buffer[:1] == bytes((Tag.ARRAY,)):
        rows, start = decode_length(buffer, 1)
        groups = sorted_rows(buffer, start)
        return (groups, rows) if rows == sum([len(group.records) for group in groups or ()]) else (None, 0)
    if buffer[:1] == bytes((Tag.COMPACT_ARRAY,)):
        return packed_rows(buffer, 1)
    return None, 0
