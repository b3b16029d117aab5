"""Test databases: migrated once into a template, then copied for every test process in a fraction of a second."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.apps import apps
from django.db import connection
from psycopg import sql

from aim import embedded, places


def copy_template(name: str) -> None:
    """Make `name` a fresh copy of the template, migrating that first if need be, and connect to it.

    Commits do not wait for the disk: only a server that dies could lose them, and tests kill none but their own.
    """
    template = f"test_openaim_template_{_digest()}"
    with _one_at_a_time():
        if not _exists(template):
            _migrate_into(template)
    drop(name)
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    _administer(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
    connect_to(name)


def url(name: str) -> str:
    """DATABASE_URL of a test database on the server in use."""
    parts = urlsplit(places.DATABASE_URL or embedded.server_url())
    return urlunsplit(parts._replace(path=f"/{name}"))


def drop(name: str) -> None:
    """Drop the database, also under open connections."""
    connection.close()
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def connect_to(name: str) -> None:
    """Let Django's connection open `name` from now on."""
    connection.close()
    connection.settings_dict["NAME"] = name


def _migrate_into(template: str) -> None:
    """Build under a passing name and rename at the end: the template is complete or absent."""
    for old in _templates():
        drop(old)
    draft = "test_openaim_draft"
    drop(draft)
    connection.settings_dict["TEST"]["NAME"] = draft
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    _let_tests_empty_the_audit_trail()
    connection.close()
    _administer(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))


def _let_tests_empty_the_audit_trail() -> None:
    """Tests that commit empty every table behind them, which the product refuses for these two."""
    with connection.cursor() as cursor:
        for table in ("access_auditrecord", "access_auditcheckpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER access_audit_no_truncate")


def _digest() -> str:
    """Changes with every migration file, data file beside it, and with Django."""
    digest = hashlib.sha256(version("django").encode())
    for app in sorted(apps.get_app_configs(), key=lambda config: config.name):
        for file in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(f"{app.name}/{file.name}".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _exists(name: str) -> bool:
    return name in _templates()


def _templates() -> list[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_openaim_template_%%'")
        return [name for (name,) in cursor.fetchall()]


def _administer(statement: sql.Composed) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (places.VAR / "test-template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
