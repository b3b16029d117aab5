"""What tests commit is undone row by row: the rows of the beginning are remembered, and what differs is put right.

Django would truncate every table there is and make the permissions anew, which takes longer than most tests; it also
leaves the tables of the value store as they are, because they have no models.
"""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

# Refuse DELETE, as they shall; nothing refers to them, so that they can be truncated alone.
_INSERT_ONLY = ("access_auditrecord", "access_auditcheckpoint")
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""


def remember() -> None:
    """Copy every row there is into a schema of its own, `beginning`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA beginning")
        for table in _filled(cursor, _tables(cursor, "public")):
            cursor.execute(f'CREATE TABLE beginning."{table}" AS TABLE public."{table}"')


def undo() -> None:
    """Give every table the rows of the beginning again; sequences go on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        remembered = _tables(cursor, "beginning")
        for table in _filled(cursor, sorted(set(_tables(cursor, "public")) - set(remembered))):
            cursor.execute(f'TRUNCATE "{table}"' if table in _INSERT_ONLY else f'DELETE FROM "{table}"')
        for table in remembered:
            _restore(cursor, table)


def _restore(cursor: CursorWrapper, table: str) -> None:
    """Rows are compared as text: not every type of a column knows equality."""
    cursor.execute(
        f'DELETE FROM public."{table}" now WHERE now::text NOT IN (SELECT was::text FROM beginning."{table}" was)'
    )
    cursor.execute(f'INSERT INTO public."{table}" TABLE beginning."{table}" ON CONFLICT DO NOTHING')


def _tables(cursor: CursorWrapper, schema: str) -> list[str]:
    cursor.execute(_TABLES, [schema])
    return [name for (name,) in cursor.fetchall()]


def _filled(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """Those of the tables that have rows."""
    cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables))
    return [name for (name,) in cursor.fetchall()]
