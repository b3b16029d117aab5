"""Tests of what happens while somebody holds a lock."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

from .samples import query

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def until_it_waits(future: Future[Any]) -> None:
    """Return when the work waits for a lock, or has ended because nothing held it."""
    for _ in range(1_000):
        if future.done() or query(_WAITING)[0][0]:
            return
        time.sleep(0.02)
    raise TimeoutError("The work neither ended nor waited for a lock")
