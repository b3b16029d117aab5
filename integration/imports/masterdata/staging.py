"""A file of master data becomes rows of `ImportRow`: read once, in bounded memory, and looked at in any order later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction

from integration.formats.portion import Problem, Severity
from integration.formats.table import Row
from integration.formats.table.headings import remark
from integration.imports.holding import Held
from integration.imports.masterdata.cells import EMPTIED, CellError, Reading
from integration.imports.masterdata.columns import Layout, LayoutError, places
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.opening import look, refuse_keys, rows_of
from integration.imports.problems import keep_problems
from integration.imports.texts import NAME, plain
from integration.models import FileImport, ImportRow
from integration.work.holding import WorkFailedError

AT_ONCE = 5_000
_SHOWN = 100
_COPY = """
COPY integration_importrow (file_import_id, line, number, given, outcome, changes, effects, kept) FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class _Column:
    field: Field
    heading: str
    reading: Reading


@dataclass(slots=True)
class ReadLine:
    """A line as it was read."""

    line: int
    number: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def outcome(self) -> ImportRow.Outcome:
        refused = any(problem.severity is Severity.ERROR for problem in self.problems)
        return ImportRow.Outcome.REFUSED if refused else ImportRow.Outcome.READ


def stage(held: Held, kind: Kind, layout: Layout) -> None:
    """Keep every line of the file and what is wrong with its cells; half of the work of a check.

    WorkFailedError where the file has not the declared columns, or columns of keys; then it is dropped.
    """
    opened = look(held.row.file, layout.source)
    refuse_keys(held.row, opened.headings)
    if opened.fault:
        raise WorkFailedError(f"The file cannot be read: {opened.fault}.")
    columns = _columns(held.row, kind, layout, opened.headings)
    with transaction.atomic():
        counts = keep_problems(held.row, _unread(opened.headings, opened.line, columns))
        held.advance(0, **counts)
    with rows_of(held.row, layout.source) as (rows, stream):
        while part := list(islice(rows, AT_ONCE)):
            held.stop_if_told()
            lines = [_line(row, kind, columns) for row in part]
            keep_lines(held, lines, min(stream.tell(), held.row.file.octets) // 2)


def _columns(row: FileImport, kind: Kind, layout: Layout, headings: Sequence[str]) -> list[_Column]:
    try:
        found = places(layout, headings)
    except LayoutError as error:
        raise WorkFailedError(str(error)) from error
    if kind.key not in found:
        label = kind.field(kind.key).label
        raise WorkFailedError(f"No column is said to hold the {label}, by which lines are known.")
    fields = [each for each in kind.fields if each.name in found]
    zone = row.utility.zone
    return [_Column(each, found[each.name], Reading(zone, remark(found[each.name]))) for each in fields]


def _unread(headings: Sequence[str], line: int, columns: Sequence[_Column]) -> Iterator[Problem]:
    read = {column.heading for column in columns}
    for heading in headings:
        if heading and heading not in read:
            yield Problem(line, "this column is not read", column=heading, severity=Severity.NOTE, values=0)


def _line(row: Row, kind: Kind, columns: Sequence[_Column]) -> ReadLine:
    found = ReadLine(row.line, problems=list(row.problems))
    if row.problems and not row.cells:
        return found
    for column in columns:
        if text := row.cells[column.heading]:
            _read(found, column, text)
    number = found.given.pop(kind.key, None)
    if number is not None:
        found.number = number
    elif not found.problems:
        label = kind.field(kind.key).label
        found.problems.append(Problem(row.line, f"the {label} is missing", column=columns[0].heading))
    return found


def _read(line: ReadLine, column: _Column, text: str) -> None:
    try:
        line.given[column.field.name] = _value(column, text)
    except CellError as error:
        line.problems.append(Problem(line.line, str(error), column=column.heading, text=text[:_SHOWN]))


def _value(column: _Column, text: str) -> Any:
    if text != EMPTIED:
        return column.field.read(text, column.reading)
    if not column.field.can_be_emptied:
        raise CellError("this cannot be emptied")
    return None


def keep_lines(held: Held, lines: Sequence[ReadLine], position: int) -> None:
    """Keep lines with the progress. A problem of the file as a whole is no line."""
    with transaction.atomic():
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for line in lines:
                number, given = plain(line.number, NAME), json.dumps(line.given)
                copy.write_row((held.row.pk, line.line, number, given, str(line.outcome), "[]", "[]", ""))
        counts = keep_problems(held.row, (problem for line in lines for problem in line.problems))
        held.advance(position, rows=held.row.rows + len(lines), **counts)
