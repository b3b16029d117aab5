"""What the columns of a table of readings mean: proposed, tried on its first rows, and used."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone

from access import audit
from access.models import User
from integration.formats.portion import Portion, Problem
from integration.formats.table import Mapping, MappingError, Sample, TableReader, columns, from_json, propose
from integration.formats.table.grid import Grid
from integration.formats.table.mapping import AUTO, Source
from integration.formats.table.rows import open_table
from integration.imports.readings.remembered import heading_digest
from integration.models import ColumnMapping, FileImport
from integration.services.files import open_file
from integration.services.uploads import begin_check

TRIED_ROWS = 60
TRIED_BLOCKS = 4
SHOWN_ROWS = 8
_ON_TRIAL = Source(encoding="utf-8", delimiter=",")


@dataclass(frozen=True, slots=True)
class Trial:
    """The first rows of a file as a mapping reads them.

    lines     of these rows in the file, the headings' first
    problems  by their lines in the file
    """

    portion: Portion
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]

    def line(self, number: int) -> int:
        """The line in the file of a line of the trial."""
        return _line(number, self.lines)


def proposal(row: FileImport) -> Mapping:
    """The mapping the import has, or the one its file seems to ask for. FileGoneError when the file is gone."""
    if row.layout:
        try:
            return from_json(row.layout)
        except MappingError:  # saved by another release: proposed anew
            pass
    with open_file(row.file) as stream:
        return propose(stream, row.name, zone=row.utility.time_zone)


def sample_of(row: FileImport, source: Source) -> Sample:
    """Headings and first rows of the file. FileGoneError when it is gone."""
    with open_file(row.file) as stream:
        return columns(stream, source, most=SHOWN_ROWS)


def try_out(row: FileImport, mapping: Mapping) -> Trial:
    """Read the first rows of the file by `mapping`; nothing else of it. FileGoneError when it is gone.

    The rows are read as a small text of their own, so that the length of the file does not matter.
    """
    sign = "." if mapping.numbers.decimal == AUTO else mapping.numbers.decimal
    with open_file(row.file) as stream:
        table = open_table(stream, mapping.source, sign)
        first, unread = _first(table.grids)
    text = io.BytesIO(_as_text([table.headings, *(cells for _, cells in first)]))
    portion = next(iter(TableReader(text, replace(mapping, source=_ON_TRIAL))))
    lines = (table.heading_line, *(line for line, _ in first))
    found = [replace(problem, line=_line(problem.line, lines)) for problem in portion.problems]
    problems = sorted([*table.problems, *unread, *found], key=attrgetter("line"))
    return Trial(portion, lines, tuple(problems))


def _first(grids: Iterable[Grid]) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """The first rows with their lines, and what could not be made out among them."""
    rows: list[tuple[int, list[str]]] = []
    problems: list[Problem] = []
    for grid in islice(grids, TRIED_BLOCKS):
        rows += islice(zip(grid.lines.tolist(), grid.rows(), strict=True), TRIED_ROWS - len(rows))
        problems += grid.problems
        if len(rows) == TRIED_ROWS:
            return rows, [problem for problem in problems if problem.line < rows[-1][0]]
    return rows, problems


def _line(number: int, lines: Sequence[int]) -> int:
    return lines[min(number, len(lines)) - 1] if number and lines else number


def _as_text(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([" ".join(cell.split()) for cell in row] for row in rows)
    return text.getvalue().encode()


@transaction.atomic
def use_columns(*, row: FileImport, layout: dict[str, Any], save_as: str, user: User) -> None:
    """Have the import checked with this layout of its columns, which is saved too when `save_as` names it.

    StateChangedError when the import is beyond that, FileGoneError when its file is gone.
    """
    begin_check(row, layout=layout, mapping=_saved(row, layout, save_as, user) if save_as else None)
    audit.record("columns chosen", row.name, user=user, utility=row.utility, target=row, details={"layout": layout})


def _saved(row: FileImport, layout: dict[str, Any], name: str, user: User) -> ColumnMapping:
    """The mapping of this name, in the place of one there was; of two saved at once, the later one."""
    with open_file(row.file) as stream:
        heading = heading_digest(stream, row.name)
    saved = {"layout": layout, "heading": heading, "created_by": user, "changed_at": timezone.now()}
    # By the key of its constraint: who saves the same name at the same moment waits, and then changes this one.
    mapping, _ = ColumnMapping.objects.alias(key=Lower("name")).update_or_create(
        utility=row.utility, key__exact=Lower(Value(name)), defaults=saved, create_defaults=saved | {"name": name}
    )
    audit.record("mapping saved", name, user=user, utility=row.utility, target=mapping, details={"layout": layout})
    return mapping
