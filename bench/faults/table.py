"""The table of faults for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.faults.judge import Row

_HEADS = ("fault", "meters", "items", "last causes", "attempts", "expected", "equal", "missing", "doubled", "")
_SHOWN = 3


def matrix(rows: Sequence[Row], *, passed: bool) -> str:
    """A line per fault, what is wrong below, and the verdict in the last line."""
    cells = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    wrong = [line for row in rows for line in _wrong(row)]
    verdict = f"{'PASS' if passed else 'FAIL'}: {sum(row.meters for row in rows):,} meters"
    return "\n".join([*lines, *wrong, verdict])


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.attempts, row.expected, row.equal, row.missing, row.doubled)
    verdict = "ok" if row.ok else "WRONG"
    return (str(row.ill), str(row.meters), _told(row.states), _told(row.causes), *(f"{n:,}" for n in counts), verdict)


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "-"


def _wrong(row: Row) -> list[str]:
    """The first of each kind of difference, so that a bad run stays readable."""
    ends = [f"{row.ill}: {end}" for end in row.wrong[:_SHOWN]]
    values = [f"{row.ill}: {difference}" for difference in row.unlike[:_SHOWN]]
    more = len(row.wrong) + len(row.unlike) - len(ends) - len(values)
    return [*ends, *values, *([f"{row.ill}: and {more} more"] if more else [])]
