"""Which delimiter a text file uses."""

from __future__ import annotations

import csv
from collections import Counter

from integration.formats.table.mapping import AUTO, Source
from integration.formats.table.split import Dialect, lines_of_record

CANDIDATES = ("\t", ";", "|", ",")
"""In the order of preference where several fit: a comma may be a decimal sign."""
SNIFFED_LINES = 50


def dialect_of(lines: list[str], source: Source) -> Dialect:
    """The dialect of a file that begins with these lines: as declared, or the delimiter that divides most lines into
    the same number of cells as the headings."""
    if source.delimiter != AUTO:
        return Dialect(source.delimiter, source.quote)
    first = max(source.header_row - 1, 0)
    sample = [line for line in lines[first : first + SNIFFED_LINES] if line.strip()]
    best = max(CANDIDATES, key=lambda delimiter: _agreement(sample, Dialect(delimiter, source.quote)))
    return Dialect(best if _agreement(sample, Dialect(best, source.quote)) > (0, 0) else ",", source.quote)


def _agreement(sample: list[str], dialect: Dialect) -> tuple[float, int]:
    """(share of the lines with as many cells as the first, 0 where that is one; number of cells)."""
    counts = [_cell_count(line, dialect) for line in sample]
    if not counts or counts[0] < 2:
        return (0, 0)
    return (round(Counter(counts)[counts[0]] / len(counts), 1), counts[0])


def _cell_count(line: str, dialect: Dialect) -> int:
    try:
        return len(dialect.cells(line)) if lines_of_record([line], 0, dialect.quote) else 0
    except csv.Error:
        return 0
