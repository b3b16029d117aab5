"""The lines of a factory file that were not taken: where and why, without what stands there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from aim.web.export import safe
from integration.models import FileImport, ImportProblem

_HEADINGS = ("Line", "Column", "What is wrong")


def bad_rows(row: FileImport) -> Iterator[bytes]:
    """A CSV of lines, columns and reasons in the order of the file; a wrapped key is in the file only."""
    yield b"\xef\xbb\xbf" + _csv(_HEADINGS)
    problems = row.problems.filter(severity=ImportProblem.Severity.ERROR).order_by("line", "pk")
    for line, column, reason in problems.values_list("line", "column", "reason").iterator(chunk_size=5_000):
        yield _csv((str(line), safe(column), safe(reason)))


def _csv(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
