"""From store to store: what arrived is worked off by two workers, as the queue and its workers do it in operation."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

from django.db import connection

from bench.nation import watched_server
from bench.report import Figure
from metering.store import wire

WORKERS = 2


def pipeline(values: int, series_days: int) -> Iterator[Figure]:
    """Validate all that waits in the queue: so many values of so many series-days."""
    wire.execute("UPDATE validation_due SET due_at = now()")
    connection.close()
    with ExitStack() as open_ones:
        workers = [open_ones.enter_context(_worker()) for _ in range(WORKERS)]
        for worker in workers:
            _pipes(worker)[1].readline()
        server, begun = open_ones.enter_context(watched_server()), time.perf_counter()
        for worker in workers:
            print(file=_pipes(worker)[0], flush=True)
        peaks = [_peak(worker) for worker in workers]
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


def _worker() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench.validating"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _pipes(worker: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """What it is told and what it says."""
    if worker.stdin is None or worker.stdout is None:
        raise ValueError("The worker was started without pipes.")
    return worker.stdin, worker.stdout


def _peak(worker: subprocess.Popen[str]) -> float:
    """Its peak memory in MB, once it has worked the queue off. RuntimeError where it failed."""
    told = _pipes(worker)[1].read()
    if worker.wait():
        raise RuntimeError("A worker failed; its words stand above.")
    return float(told)
