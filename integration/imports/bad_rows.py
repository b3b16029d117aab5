"""The lines of a file that were not taken, with the reasons: to be corrected and given again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO

from aim.web.export import safe
from integration.imports.texts import plain
from integration.models import FileImport, ImportProblem
from integration.services.files import open_file

LONGEST = 16_384
"""Octets of a line that are shown."""
_HEADINGS = ("Line", "What is wrong", "The line as it stands in the file")
_WORKBOOK = b"PK\x03\x04"


def bad_rows(row: FileImport) -> Iterator[bytes]:
    """A CSV of line number, reasons and the line itself, in the order of the file; FileGoneError before anything else.

    Only what is listed can be told (`imports.problems.MOST_KEPT`); rows of workbooks come without their text.
    """
    return _rows(row, open_file(row.file))


def _rows(row: FileImport, stream: BinaryIO) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _csv(_HEADINGS)
    problems = row.problems.filter(severity=ImportProblem.Severity.ERROR).exclude(found=ImportProblem.Found.PREVIEW)
    ordered = problems.order_by("line", "pk").values_list("line", "reason").iterator(chunk_size=5_000)
    with stream:
        lines, number, text = _lines(stream), 0, ""
        for line, found in groupby(ordered, key=lambda problem: problem[0]):
            while number < line:
                number, text = next(lines, (line, ""))
            reasons = "; ".join(dict.fromkeys(reason for _, reason in found))
            yield _csv((line, safe(reasons), safe(text if number == line else "")))


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Number and text of every line, long ones cut; nothing for a workbook."""
    if stream.read(len(_WORKBOOK)) == _WORKBOOK:
        return
    stream.seek(0)
    number = 1
    while piece := stream.readline(LONGEST):
        yield number, plain(piece.decode("utf-8", "replace"), LONGEST)
        while piece and not piece.endswith(b"\n"):
            piece = stream.readline(LONGEST)
        number += 1


def _csv(cells: tuple[object, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
