"""From store to store: what arrived is worked off by two workers, as the queue and its workers do it in operation."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from bench.nation import watched_server
from bench.report import Figure
from metering.store import wire

WORKERS = 2


def pipeline(values: int, series_days: int) -> Iterator[Figure]:
    """Validate all that waits in the queue: so many values of so many series-days."""
    wire.execute("UPDATE validation_due SET due_at = now()")
    connection.close()
    begun = time.perf_counter()
    with watched_server() as server, ThreadPoolExecutor(WORKERS) as side_by_side:
        workers = [side_by_side.submit(_worked_off) for _ in range(WORKERS)]
        peaks = [worker.result() for worker in workers]
    taken = time.perf_counter() - begun
    yield Figure("series-days", series_days, "")
    yield Figure("store to store: values read, validated, estimated, written", values / taken, "values/s", 2e6)
    yield Figure("findings", wire.fetch("SELECT count(*) FROM validation_finding")[0][0], "")
    yield Figure("estimates", _estimates(), "")
    yield Figure("left in the queue", wire.fetch("SELECT count(*) FROM validation_due")[0][0], "", 0, "at_most")
    yield Figure("peak memory of both workers", sum(peaks), "MB", 1_000, "at_most")
    if server:
        yield Figure("peak memory of the database server, its cache included", max(server), "MB")


def _estimates() -> int:
    (count,) = wire.fetch("SELECT coalesce(sum(estimated), 0)::bigint FROM series_day")[0]
    return int(count)


def _worked_off() -> float:
    """Work the queue off in a process of its own, as a worker does; its peak memory in MB."""
    with subprocess.Popen([sys.executable, "-m", "bench.validating"], stdout=subprocess.PIPE, text=True) as worker:
        told, _ = worker.communicate()
    if worker.returncode:
        raise RuntimeError("A worker failed; its words stand above.")
    return float(told)
