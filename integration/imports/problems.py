"""What is wrong with a file, kept for the person who gave it: counted in full, listed up to a bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection

from integration.formats.portion import Problem, Severity
from integration.imports.texts import NAME, plain
from integration.models import FileImport, ImportProblem

MOST_KEPT = 100_000
"""Problems of an import that are listed; a file of millions of bad lines is recognised by fewer. All are counted."""
AT_ONCE = 10_000
REASON, TEXT = 300, 200
COUNTED = {Severity.ERROR: "errors", Severity.REPAIRED: "repairs", Severity.NOTE: "notes"}
Found = ImportProblem.Found

_COPY = """
COPY integration_importproblem (file_import_id, found, severity, line, "column", text, reason, values) FROM STDIN
"""


def keep_problems(row: FileImport, problems: Iterable[Problem], found: str = Found.FILE) -> dict[str, int]:
    """List `problems` of the import; returns its counts of errors, repairs and notes, as `row` then has them too.

    The caller stores the counts with its progress, in the same transaction.
    """
    for part in _parts(problems):
        _keep(row, part, found)
    return {name: getattr(row, name) for name in COUNTED.values()}


def forget_preview(row: FileImport) -> dict[str, int]:
    """Unlist what the check found against what was stored then, for a storing that finds it anew; the counts, as above.

    Without this the same refusal would be counted twice.
    """
    preview = ImportProblem.objects.filter(file_import=row, found=Found.PREVIEW)
    listed = Counter(preview.values_list("severity", flat=True).iterator())
    preview.delete()
    for severity, name in COUNTED.items():
        setattr(row, name, getattr(row, name) - listed[severity.value])
    return {name: getattr(row, name) for name in COUNTED.values()}


def _parts(problems: Iterable[Problem]) -> Iterator[list[Problem]]:
    """Lists of bounded length: while rows are copied in, nothing else may ask the database."""
    source = iter(problems)
    return iter(lambda: list(islice(source, AT_ONCE)), [])


def _keep(row: FileImport, problems: list[Problem], found: str) -> None:
    room = max(0, MOST_KEPT - sum(getattr(row, name) for name in COUNTED.values()))
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for problem in problems[:room]:
            copy.write_row((row.pk, str(found), *_columns(problem)))
    for severity, number in Counter(problem.severity for problem in problems).items():
        name = COUNTED[severity]
        setattr(row, name, getattr(row, name) + number)


def _columns(problem: Problem) -> Iterator[str | int]:
    yield problem.severity.value
    yield max(0, problem.line)
    yield plain(problem.column, NAME)
    yield plain(problem.text, TEXT)
    yield plain(problem.reason, REASON)
    yield max(0, problem.values)
