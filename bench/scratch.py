"""A migrated database that exists for one benchmark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from aim import embedded, places


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Set Django up on a new database of the given or the embedded server; dropped at the end, come what may.

    Programs started meanwhile find the same database in DATABASE_URL.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")
    with embedded.hold():
        django.setup()
        own = f"bench_{name}_{os.getpid()}"
        _administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(own)))
        try:
            _connect_to(own)
            call_command("migrate", verbosity=0)
            yield
        finally:
            connection.close()
            _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(own)))


def _connect_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    parts = urlsplit(places.DATABASE_URL or embedded.server_url())
    os.environ["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))


def _administer(statement: sql.Composed) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
