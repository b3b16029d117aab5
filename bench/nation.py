"""A day of a million series, written for real: how long, how much memory, how much disk."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from aim.embedded.home import home
from bench.report import Figure
from bench.store.days import FIRST_DAY, SLOTS, a_day, make_series, put
from bench.store.sizes import log_position, size
from metering.intervals import day_of
from metering.store import ensure_partitions, wire

SERIES_AT_ONCE = 50_000
SAMPLE_S = 0.25
_MB = 1e6


def run(quick: bool) -> Iterator[Figure]:
    """Write one day of all series, portion by portion as readings arrive."""
    ids = make_series(100_000 if quick else 1_000_000)
    ensure_partitions(day_of(FIRST_DAY), day_of(FIRST_DAY))
    wire.execute("CHECKPOINT")
    logged, begun = log_position(), time.perf_counter()
    with watched_server() as server:
        for first in range(0, len(ids), SERIES_AT_ONCE):
            put(a_day(ids[first : first + SERIES_AT_ONCE], FIRST_DAY))
    taken, values = time.perf_counter() - begun, len(ids) * SLOTS
    yield Figure("series", len(ids), "")
    yield Figure("values", values, "")
    yield Figure("written in", taken, "s")
    yield Figure("write", values / taken, "values/s")
    yield Figure("bytes on disk", size("series_day") / _MB, "MB")
    yield Figure("write-ahead log", (log_position() - logged) / _MB, "MB")
    writer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MB
    yield Figure("peak memory of the writer", writer, "MB", None if server else 1_500, "at_most")
    if server:
        yield Figure("peak memory of the database server", max(server), "MB")
        yield Figure("peak memory of both", writer + max(server), "MB", 1_500, "at_most")


@contextmanager
def watched_server() -> Iterator[list[float]]:
    """Memory of all processes of the embedded server, sampled while the block runs; empty for a server elsewhere."""
    samples: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLE_S):
            used = [_share(process) for process in _server_processes()]
            samples.extend([sum(used) / _MB] if used else [])

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()


def _server_processes() -> list[psutil.Process]:
    folder = str(home().root / "postgres")
    return [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == folder]


def _share(process: psutil.Process) -> int:
    """Octets of memory of a process, shared pages divided among those that share them; 0 for one that ended."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0
