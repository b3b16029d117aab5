"""Texts that stand again and again, as small numbers: each is looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Texts = tuple[bytes, ...]


class Vocabulary:
    """Numbers rows of texts in the order they first come.

    A block is looked up by octets that lie side by side, which is one Python object per row; what these mean depends on
    the widths of the columns and on the columns that do not change in the block, so there is a book for each.
    """

    def __init__(self) -> None:
        self._numbers: dict[Texts, int] = {}
        self._books: dict[tuple[object, ...], dict[bytes, int]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def encode(self, columns: Sequence[NDArray[np.bytes_]]) -> NDArray[np.int32]:
        """The number (r,) of each row of the columns (r,): equal rows, equal numbers."""
        if not len(columns[0]):
            return np.zeros(0, dtype=np.int32)
        changes = [column[1:] != column[:-1] for column in columns]
        varying = [bool(change.any()) for change in changes]
        heads = np.flatnonzero(np.concatenate(([True], np.logical_or.reduce(changes))))
        parts = [column[heads] for column, varies in zip(columns, varying, strict=True) if varies]
        fixed = [None if varies else bytes(column[0]) for column, varies in zip(columns, varying, strict=True)]
        book = self._books.setdefault((*fixed, *(part.dtype.itemsize for part in parts)), {})
        codes = self._look_up(_side_by_side(parts, len(heads)), book, parts, fixed)
        return np.repeat(codes, np.diff(heads, append=len(columns[0])))

    def since(self, count: int) -> list[tuple[str, ...]]:
        """The entries from number `count` on."""
        return [tuple(text.decode(errors="replace") for text in texts) for texts in islice(self._numbers, count, None)]

    def keys(self) -> list[Texts]:
        """The entries as octets, by number."""
        return list(self._numbers)

    def _look_up(
        self, rows: list[bytes], book: dict[bytes, int], parts: list[NDArray[np.bytes_]], fixed: list[bytes | None]
    ) -> NDArray[np.int32]:
        codes = np.fromiter(map(book.get, rows, [-1] * len(rows)), dtype=np.int32, count=len(rows))
        for index in np.flatnonzero(codes < 0).tolist():
            if rows[index] not in book:
                varied = iter([bytes(part[index]) for part in parts])
                texts = tuple(next(varied) if text is None else text for text in fixed)
                book[rows[index]] = self._numbers.setdefault(texts, len(self._numbers))
            codes[index] = book[rows[index]]
        return codes


def _side_by_side(parts: list[NDArray[np.bytes_]], rows: int) -> list[bytes]:
    """The texts of each row, filled up to the width of their columns, as one."""
    if not parts:
        return [b""] * rows
    octets = [part.view(np.uint8).reshape(rows, part.dtype.itemsize) for part in parts]
    together = np.ascontiguousarray(np.concatenate(octets, axis=1))
    found: list[bytes] = together.view(f"S{together.shape[1]}").ravel().tolist()
    return found
