"""Work that one process does at a time, whichever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from metering.store import wire


@contextmanager
def only_one(lock: int) -> Iterator[bool]:
    """Whether nobody else holds this advisory lock; nobody will meanwhile. Not within a transaction.

    It is held by the connection, and goes with one that is lost: what the work then says is not hidden by giving back
    what nobody holds any more.
    """
    held = bool(wire.fetch("SELECT pg_try_advisory_lock(%(lock)s)", {"lock": lock})[0][0])
    own = connection.connection
    try:
        yield held
    finally:
        if held and connection.connection is own and not own.closed:
            wire.fetch("SELECT pg_advisory_unlock(%(lock)s)", {"lock": lock})
