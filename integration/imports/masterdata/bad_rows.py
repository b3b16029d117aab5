"""The lines of a file of master data that were not taken, under their headings: to be corrected and given again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from aim.web.export import safe
from integration.formats.table import Row, read_rows
from integration.imports.masterdata.columns import layout_of
from integration.imports.masterdata.opening import look, source_of
from integration.models import FileImport, ImportProblem
from integration.services.files import head_of, open_file

_NUMBER = re.compile(r"-?[0-9]*([.,][0-9]+)?")
"""A lone hyphen, and numbers below zero: no formulas."""
REASON = "What is wrong"


def bad_rows(row: FileImport) -> Iterator[bytes]:
    """A CSV with the headings of the file and, as first columns, line and reasons; FileGoneError before anything else.

    Given again it is read as the file was: the columns it has more are not read.
    """
    head_of(row.file, 1)
    return _rows(row)


def _rows(row: FileImport) -> Iterator[bytes]:
    source = layout_of(row.layout, row.content, source_of(row.file, row.name).kind).source
    headings = look(row.file, source).headings
    yield b"\xef\xbb\xbf" + _csv(["Line", REASON, *headings])
    problems = row.problems.filter(severity=ImportProblem.Severity.ERROR).order_by("line", "pk")
    told = iter(groupby(problems.values_list("line", "reason").iterator(chunk_size=5_000), key=lambda found: found[0]))
    with open_file(row.file) as stream:
        rows, found = read_rows(stream, source), Row(0, {})
        for line, reasons in told:
            while found.line < line:
                found = next(rows, Row(line, {}))
            cells = found.cells if found.line == line else {}
            reason = "; ".join(dict.fromkeys(text for _, text in reasons))
            yield _csv([str(line), reason, *(cells.get(heading, "") for heading in headings)])


def _csv(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([cell if _NUMBER.fullmatch(cell) else safe(cell) for cell in cells])
    return text.getvalue().encode()
