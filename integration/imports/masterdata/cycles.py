"""Metering points that would lie below themselves."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

MOST_LEVELS = 16
_WALK = """
WITH RECURSIVE changed (id, parent) AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[])),
up (start, id, depth) AS (
    SELECT id, parent, 1 FROM changed WHERE parent IS NOT NULL
    UNION ALL
    SELECT up.start, coalesce(changed.parent, point.parent_id), up.depth + 1
    FROM up JOIN metering_meteringpoint point ON point.id = up.id
    LEFT JOIN changed ON changed.id = up.id
    WHERE up.depth < %s AND up.id <> up.start AND coalesce(changed.parent, point.parent_id) IS NOT NULL
)
SELECT DISTINCT start FROM up WHERE id = start OR depth >= %s
"""


def in_circles(parents: Mapping[int, int | None]) -> set[int]:
    """Of metering points that shall have these parents, those that would come out above themselves.

    So do those with more than `MOST_LEVELS` above them. One query, none where nobody has a parent.
    """
    known = {point: parent for point, parent in parents.items() if parent is not None}
    if not known:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_WALK, [list(known), list(known.values()), MOST_LEVELS, MOST_LEVELS])
        return {start for (start,) in cursor.fetchall()}
