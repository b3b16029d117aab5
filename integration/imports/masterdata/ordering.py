"""The lines of a file beside each other: which contradict one another, and which must be stored before others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from integration.formats.portion import Problem
from integration.imports.holding import Held
from integration.imports.masterdata.columns import Layout
from integration.imports.masterdata.kinds import Kind
from integration.imports.problems import keep_problems
from integration.models import FileImport

MOST_LEVELS = 16
_NAMED = 5
"""So many lines of those that say the same are named."""

_REFUSE_DOUBLES = """
UPDATE integration_importrow r SET outcome = 'refused'
FROM (SELECT id, count(*) OVER alike AS times, {wrong} AS wrong,
             array_agg(line) FILTER (WHERE place <= {named}) OVER alike AS lines
      FROM (SELECT id, line, {what} AS what, {also} AS also,
                   row_number() OVER (PARTITION BY {what} ORDER BY line) AS place
            FROM integration_importrow WHERE file_import_id = %(import)s AND {given}) AS given
      WINDOW alike AS (PARTITION BY what)) AS d
WHERE r.id = d.id AND d.wrong AND r.outcome = 'read'
RETURNING r.line, r.number, d.lines, d.times
"""
# Sorted, not joined: the planner knows nothing of rows that were written a moment ago, and a nested loop over a
# hundred thousand of them would take hours.
_BEGIN = """
UPDATE integration_importrow r SET level = 0 WHERE file_import_id = %(import)s AND outcome = 'read' AND NOT EXISTS
    (SELECT FROM integration_importrow o WHERE o.file_import_id = r.file_import_id AND o.outcome = 'read'
     AND o.number = {other})
"""
_CLIMB = """
UPDATE integration_importrow r SET level = %(level)s FROM integration_importrow o
WHERE r.file_import_id = %(import)s AND r.outcome = 'read' AND r.level IS NULL AND o.file_import_id = r.file_import_id
AND o.number = {other} AND o.level = %(level)s - 1
"""
_REFUSE_CIRCLES = """
UPDATE integration_importrow SET outcome = 'refused'
WHERE file_import_id = %(import)s AND outcome = 'read' AND level IS NULL RETURNING line, number
"""
_NUMBER = """
UPDATE integration_importrow r SET ordinal = o.ordinal
FROM (SELECT id, row_number() OVER (ORDER BY level, line, id) AS ordinal FROM integration_importrow
      WHERE file_import_id = %(import)s AND outcome = 'read') o
WHERE r.id = o.id
"""


def order(held: Held, kind: Kind, layout: Layout) -> None:
    """Refuse lines that contradict each other, naming all of them, and say in which order the others are stored."""
    with transaction.atomic():
        counts = keep_problems(held.row, list(_contradictions(held.row, kind, layout)))
        counts = keep_problems(held.row, list(_levels(held.row, kind, layout)))
        _run(_NUMBER, held.row)
        held.advance(held.row.position, **counts)


def _contradictions(row: FileImport, kind: Kind, layout: Layout) -> Iterator[Problem]:
    heading = layout.columns.get(kind.key, kind.key)
    for line, number, lines, times in _run(_alike("number", "number <> ''"), row):
        yield Problem(line, f"the same number stands in {_named(lines, times)}", column=heading, text=number)
    for fields in kind.alone:
        if all(name in layout.columns for name in fields):
            yield from _shared(row, fields, layout)
    for first, second in kind.agreeing:
        if first in layout.columns and second in layout.columns:
            yield from _disagreeing(row, first, second, layout)


def _shared(row: FileImport, fields: tuple[str, ...], layout: Layout) -> Iterator[Problem]:
    what = f"jsonb_build_array({', '.join(map(_given, fields))})"
    heading = layout.columns[fields[-1]]
    for line, number, lines, times in _run(_alike(what, _all_given(fields)), row):
        yield Problem(line, f"the same stands in {_named(lines, times)}", column=heading, text=number)


def _disagreeing(row: FileImport, first: str, second: str, layout: Layout) -> Iterator[Problem]:
    different = "min(also) OVER alike <> max(also) OVER alike"
    sql = _alike(_given(first), _all_given((first, second)), different, _given(second))
    for line, number, lines, times in _run(sql, row):
        reason = f"for the same {layout.columns[first]} different ones stand in {_named(lines, times)}"
        yield Problem(line, reason, column=layout.columns[second], text=number)


def _alike(what: str, given: str, wrong: str = "count(*) OVER alike > 1", also: str = "''") -> str:
    """What refuses lines alike in `what`; all of it made of names of declared fields, nothing out of a file."""
    return _REFUSE_DOUBLES.format(what=what, given=given, wrong=wrong, also=also, named=_NAMED)


def _given(name: str) -> str:
    return f"given->>'{name}'"


def _all_given(names: tuple[str, ...]) -> str:
    return " AND ".join((*(f"{_given(name)} IS NOT NULL" for name in names), "outcome = 'read'"))


def _named(lines: list[int], times: int) -> str:
    more = f" and {times - len(lines)} more" if times > len(lines) else ""
    return f"lines {', '.join(map(str, lines))}{more}: say which is right"


def _levels(row: FileImport, kind: Kind, layout: Layout) -> Iterator[Problem]:
    fields = [name for name in kind.refers if name in layout.columns]
    other = f"coalesce({', '.join(f'r.{_given(name)}' for name in fields)}, NULL)" if fields else "NULL"
    _run(_BEGIN.format(other=other), row)
    level = 1
    while level <= MOST_LEVELS and _count(_CLIMB.format(other=other), row, level=level):
        level += 1
    for line, number in _run(_REFUSE_CIRCLES, row):
        reason = f"it refers to itself, directly or by way of other lines, or by way of more than {MOST_LEVELS}"
        yield Problem(line, reason, column=layout.columns[fields[0]] if fields else "", text=number)


def _run(sql: str, row: FileImport, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"import": row.pk} | values)
        return list(cursor.fetchall()) if cursor.description else []


def _count(sql: str, row: FileImport, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"import": row.pk} | values)
        return int(cursor.rowcount)
