"""Outages are derived in one place at a time: each time from what is on file, so two at once would undo each other."""

from django.db import connection

_LOCK = 0x0E7E47


def may_derive() -> bool:
    """Whether this transaction is the one that derives outages until it ends; False while another does."""
    return bool(_asked("SELECT pg_try_advisory_xact_lock(%s)"))


def wait_to_derive() -> None:
    """Be the one that derives outages until the transaction ends, after who does so now."""
    _asked("SELECT pg_advisory_xact_lock(%s)")


def _asked(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_LOCK])
        return cursor.fetchone()[0]
