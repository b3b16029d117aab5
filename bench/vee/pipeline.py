"""From store to store: what arrived is worked off by two workers, as the queue and its workers do it in operation."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Iterator

import django
from django.db import connection

from bench.report import Figure
from metering.store import wire

WORKERS = 2
_MB = 1e6


def pipeline(values: int) -> Iterator[Figure]:
    """Validate all that waits in the queue."""
    wire.execute("UPDATE validation_due SET due_at = now()")
    wire.execute("VACUUM ANALYZE validation_due")
    (waiting,) = wire.fetch("SELECT count(*) FROM validation_due")[0]
    connection.close()
    start = multiprocessing.get_context("spawn")
    begun = time.perf_counter()
    with start.Pool(WORKERS) as pool:
        peaks = pool.map(_work, range(WORKERS), chunksize=1)
    taken = time.perf_counter() - begun
    yield Figure("series-days", waiting, "")
    yield Figure("store to store: values read, validated, estimated, written", values / taken, "values/s", 2e6)
    yield Figure("findings", wire.fetch("SELECT count(*) FROM validation_finding")[0][0], "")
    yield Figure("estimates", _estimates(), "")
    yield Figure("left in the queue", wire.fetch("SELECT count(*) FROM validation_due")[0][0], "", 0, "at_most")
    yield Figure("peak memory of a worker", max(peaks), "MB", 1_000, "at_most")


def _estimates() -> int:
    (count,) = wire.fetch("SELECT coalesce(sum(estimated), 0)::bigint FROM series_day")[0]
    return int(count)


def _work(_: int) -> float:
    """Work the queue off in a process of its own; its peak memory in MB."""
    django.setup()
    from validation.services.arrivals import work_off

    while work_off().series_days:
        continue
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MB
