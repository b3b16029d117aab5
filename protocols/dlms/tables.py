"""What a profile buffer is decoded to, and the rules for it."""

from collections.abc import Collection
from datetime import tzinfo
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from protocols.errors import garbage


class Nulls(Enum):
    """What null-data in a value column means: the standard's compression (as before) or no value."""

    REPEATED = "repeated"
    MISSING = "missing"


class Column(NamedTuple):
    """One column of n rows.

    `values` is int64 (integers, and clocks as UTC epoch seconds), float64, or object (other plain Python values).
    Where `present` is False the row holds no usable value and `values` is 0 or None; `clock_status` is for clocks only.
    Columns may share arrays, which are read-only then.
    """

    values: NDArray[Any]
    present: NDArray[np.bool_]
    clock_status: NDArray[np.uint8] | None = None


class Table(NamedTuple):
    """The columns of a profile buffer, `rows` values each."""

    columns: tuple[Column, ...]
    rows: int


class Rules(NamedTuple):
    """How to read a buffer; see `decode_columns`."""

    width: int | None
    clocks: Collection[int]
    period: int
    zone: tzinfo | None
    nulls: Nulls

    def check_width(self, found: int) -> None:
        """RemoteProtocolError (GARBAGE) when rows have not the columns expected."""
        if self.width is not None and found != self.width:
            raise garbage(f"the profile has {found} columns where {self.width} were due")
