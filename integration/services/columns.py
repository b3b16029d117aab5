"""What the columns of a table of readings mean: proposed, tried on its first rows, and used."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User
from integration.formats.portion import Portion
from integration.formats.table import Mapping, MappingError, Sample, TableReader, columns, from_json, propose
from integration.formats.table.mapping import AUTO, Source
from integration.formats.table.rows import open_table
from integration.imports.readings.remembered import heading_digest
from integration.models import ColumnMapping, FileImport
from integration.services.files import open_file
from integration.services.uploads import begin_check

TRIED_ROWS = 60
SHOWN_ROWS = 8
_ON_TRIAL = Source(encoding="utf-8", delimiter=",")


@dataclass(frozen=True, slots=True)
class Trial:
    """The first rows of a file as a mapping reads them. `lines` of these rows in the file, the headings' first."""

    portion: Portion
    lines: tuple[int, ...]

    def line(self, number: int) -> int:
        """The line in the file of a line of the trial."""
        return self.lines[min(number, len(self.lines)) - 1] if number and self.lines else number


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
        numbered = (pair for grid in table.grids for pair in zip(grid.lines.tolist(), grid.rows(), strict=True))
        first = list(islice(numbered, TRIED_ROWS))
    text = io.BytesIO(_as_text([table.headings, *(cells for _, cells in first)]))
    portion = next(iter(TableReader(text, replace(mapping, source=_ON_TRIAL))))
    return Trial(
        replace(portion, problems=(*table.problems, *portion.problems)),
        (table.heading_line, *(line for line, _ in first)),
    )


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
    """The mapping of this name, in the place of one there was."""
    with open_file(row.file) as stream:
        heading = heading_digest(stream, row.name)
    mapping = ColumnMapping.objects.filter(utility=row.utility, name__iexact=name).first()
    mapping = mapping or ColumnMapping(utility=row.utility, name=name)
    mapping.layout, mapping.heading, mapping.created_by, mapping.changed_at = layout, heading, user, timezone.now()
    mapping.save()
    audit.record("mapping saved", name, user=user, utility=row.utility, target=mapping, details={"layout": layout})
    return mapping
