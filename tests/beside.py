"""Work of others beside a test: on connections of their own, stopped where the test wants, waiting for locks, gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection

Result = TypeVar("Result")
PATIENCE_S = 60
"""Ends a test that waits for what never comes; no machine is so slow that it matters otherwise."""
_STEP_S = 0.02
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid()"
)


@contextmanager
def beside(act: Callable[[], Result]) -> Iterator[Future[Result]]:
    """`act` on a connection of its own, beside the block."""

    def run() -> Result:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(run)


class Stop:
    """A place in work beside the test, where it waits until the test lets it go."""

    def __init__(self) -> None:
        self._reached, self._let_go = threading.Event(), threading.Event()

    def wait(self) -> None:
        """In the work: say that it came here, and wait."""
        self._reached.set()
        assert self._let_go.wait(PATIENCE_S)

    def until_reached(self) -> None:
        """In the test: wait for the work to come here."""
        assert self._reached.wait(PATIENCE_S)

    def let_go(self) -> None:
        """In the test: let the work go on, or pass without waiting."""
        self._let_go.set()


def until_it_waits(future: Future[Any]) -> None:
    """Return when the work waits for a lock, or has ended because nothing held it."""
    until(lambda: future.done() or _number(_WAITING) > 0, "the work ends or waits for a lock")


def until_alone() -> None:
    """Return when the server has noticed that all others are gone: until then it holds the locks of who was killed."""
    until(lambda: not _number(_OTHERS), "nobody else is connected to the database")


def until(condition: Callable[[], bool], words: str) -> None:
    """Return when the condition holds; AssertionError with these words when it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"{words}: not within {PATIENCE_S} s"
        time.sleep(_STEP_S)


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
