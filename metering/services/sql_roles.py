"""Roles of the database: made, let in to the views, checked and dropped. Names of roles are checked by the caller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
from django.db import DatabaseError, connection, transaction
from psycopg import sql
from psycopg.errors import DependentObjectsStillExist, InsufficientPrivilege

VIEWS = ("series_info", "profile_value", "daily_value", "register_reading")
_FUNCTIONS = ("block_value", "block_status")
# A program that forgets an open transaction would keep old row states from being cleared away.
_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "5min",
    "idle_in_transaction_session_timeout": "5min",
}


class SqlReaderError(Exception):
    """A reader cannot be made or removed; the message says why and what to do."""


def exists(role: str) -> bool:
    """Whether there is a role of this name; SqlReaderError where it may do more than log in and read."""
    with connection.cursor() as cursor:
        cursor.execute(_POWERS, [role])
        found = cursor.fetchone()
    if found and found[0]:
        raise SqlReaderError(f"The role {role} has other rights already: choose another name")
    return found is not None


def let_log_in(role: str, password: str, *, known: bool) -> None:
    """Make the role, or change its password, which leaves this process only as the hash the server keeps."""
    pgconn = cast("psycopg.Connection", connection.connection).pgconn
    hashed = sql.Literal(pgconn.encrypt_password(password.encode(), role.encode()).decode())
    with _explained(role):
        _run("ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}", role, hashed)
        for name, value in _SETTINGS.items():
            _run("ALTER ROLE {} SET {} = {}", role, name, sql.Literal(value))


def grant(role: str) -> None:
    """Let the role into the database and read the views; what everybody may do anyway is not granted again."""
    with connection.cursor() as cursor:
        cursor.execute(_WAY_IN, {"role": role})
        database, schema, connects, uses = cursor.fetchone()
    with _explained(role):
        if not connects:
            _run("GRANT CONNECT ON DATABASE {} TO {}", database, role)
        if not uses:
            _run("GRANT USAGE ON SCHEMA {} TO {}", schema, role)
        for view in VIEWS:
            _run("GRANT SELECT ON {} TO {}", view, role)
        for function in _FUNCTIONS:
            _run("GRANT EXECUTE ON FUNCTION {} TO {}", function, role)


def drop(role: str) -> bool:
    """Take back what `grant` gave and drop the role; False where it stays because other databases know it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        database, schema = cursor.fetchone()
    for view in VIEWS:
        _run("REVOKE ALL ON {} FROM {}", view, role)
    for function in _FUNCTIONS:
        _run("REVOKE ALL ON FUNCTION {} FROM {}", function, role)
    _run("REVOKE ALL ON DATABASE {} FROM {}", database, role)
    _run("REVOKE ALL ON SCHEMA {} FROM {}", schema, role)
    try:
        with transaction.atomic(), _explained(role):
            _run("DROP ROLE {}", role)
    except DatabaseError as error:
        if isinstance(error.__cause__, DependentObjectsStillExist):
            return False
        raise
    return True


def open_beyond_the_views(role: str) -> list[str]:
    """Some tables and views the role may read or change beyond the four, by grants to everybody say."""
    with connection.cursor() as cursor:
        cursor.execute(_BEYOND, {"role": role, "views": list(VIEWS)})
        return [name for (name,) in cursor.fetchall()]


def _run(statement: str, *parts: str | sql.Composable) -> None:
    """Run a statement with these names, or ready parts, put in."""
    given = [part if isinstance(part, sql.Composable) else sql.Identifier(part) for part in parts]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*given).as_string(cursor.connection))


@contextmanager
def _explained(role: str) -> Iterator[None]:
    """Explain what the server does not let our role do."""
    try:
        yield
    except DatabaseError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        settings = "; ".join(f"ALTER ROLE {role} SET {name} = '{value}'" for name, value in _SETTINGS.items())
        raise SqlReaderError(
            f"Our role in the database may not look after roles ({str(error).splitlines()[0]}). Let an administrator "
            f"of the database run: CREATE ROLE {role} LOGIN PASSWORD '…'; {settings}. Then call this again without a "
            "password"
        ) from error


_WAY_IN = """
SELECT current_database(), current_schema(), has_database_privilege(%(role)s, current_database(), 'CONNECT'),
    has_schema_privilege(%(role)s, current_schema(), 'USAGE')
"""
_POWERS = """
SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR rolname = current_user
    OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
    OR EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o')
FROM pg_roles r WHERE rolname = %s
"""
_BEYOND = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
AND n.nspname NOT LIKE 'pg\\_t%%' AND c.relname <> ALL (%(views)s)
AND (has_any_column_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE')
    OR has_table_privilege(%(role)s, c.oid, 'DELETE, TRUNCATE'))
ORDER BY 1 LIMIT 5
"""
