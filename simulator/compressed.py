"""Rows of a profile buffer without what follows from the row before: null-data in its place (Blue Book 4.3.6)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.axdr import encode_length
from protocols.dlms.columns import RowColumn, row_matrix
from protocols.dlms.data import Encoded
from protocols.dlms.tags import Tag

ROW_HEAD = 2


def encode_compressed(
    columns: Sequence[RowColumn], values: Sequence[NDArray[np.int64]], steps: Sequence[int]
) -> Encoded:
    """The buffer of `columns`; `values` (n,) say what each holds: clocks in UTC epoch seconds, numbers as they are.

    A cell is null-data where its value is that of the row before plus the column's step: the capture period for a
    clock, 0 for all others. The first row is complete.
    """
    matrix = row_matrix(columns)
    kept = np.ones(matrix.shape, np.bool_)
    start = ROW_HEAD
    for column, held, step in zip(columns, values, steps, strict=True):
        end = start + len(column.cell.head) + column.cell.size
        follows = np.append(False, np.diff(held) == step)[: len(held)]
        matrix[follows, start] = Tag.NULL
        kept[follows, start + 1 : end] = False
        start = end
    return Encoded(b"\x01" + encode_length(len(matrix)) + matrix[kept].tobytes())
