"""Blocks of values and verdicts as they are written by hand."""

from __future__ import annotations

import numpy as np

from validation.kernels import NO_VALUE, Edges, Mask, Values


def rows(*lines: str) -> Values:
    """int64 (n, slots) from one line per row; "." is no value: `rows("5 . 7")`."""
    return np.array([[NO_VALUE if word == "." else int(word) for word in line.split()] for line in lines], np.int64)


def usable(values: Values) -> Mask:
    """Every value that is there."""
    there: Mask = values != NO_VALUE
    return there


def shown(fails: Mask) -> list[str]:
    """One text per row, "x" where it fails and "." elsewhere."""
    assert fails.dtype == np.bool_
    return ["".join("x" if cell else "." for cell in row) for row in fails]


def edges(*columns: int) -> Edges:
    return np.array(columns, np.intp)


def day_edges(first: int, *lengths: int) -> Edges:
    """Days of these lengths after `first` columns of context: 92, 96 or 100 quarters of an hour."""
    return np.cumsum((first, *lengths), dtype=np.intp)
