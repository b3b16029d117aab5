"""Somebody waits while bulk work fills every worker: from the order to the result stored, meters answering slowly."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import psutil
from django.db.models import QuerySet

from access.models import Utility
from bench.report import Figure
from devices.models import Device
from headend.models import Attempt, Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import Order, create_job
from headend.services.read_now import read_now
from headend.services.ticking import call_workers
from headend.wake import BULK, ON_DEMAND

DELAY_MS = 200
LONGEST_S, LARGEST_MB = 1.5, 400
ASKED, QUICK = 60, 20
WAITING = 300
"""When fewer bulk items wait, all others are ordered once more: it is more than a worker has sessions."""
_STEP_S = 0.02
_GIVEN_UP_S = 60


def run(quick: bool) -> Iterator[Figure]:
    """Read the first `ASKED` devices one after the other (`QUICK` if so), beside jobs over all others."""
    asked = list(Device.objects.order_by("pk")[: QUICK if quick else ASKED])
    others = Device.objects.exclude(pk__in=[device.pk for device in asked])
    with ExitStack() as stack:
        workers = {queue: stack.enter_context(_worker(queue)) for queue in (ON_DEMAND, BULK)}
        _begin_bulk(others)
        seconds = np.array([_beside_bulk(device, others) for device in asked])
        memory = {queue: process.memory_info().rss / 2**20 for queue, process in workers.items()}
    yield Figure(f"on demand, meters answering after {DELAY_MS} ms: half within", float(np.median(seconds)), "s")
    yield Figure("on demand: 95 % within", float(np.percentile(seconds, 95)), "s", LONGEST_S, "at_most")
    yield Figure("on demand: round trips the meter waits for", _round_trips(), "")
    for queue, used in memory.items():
        yield Figure(f"memory of the worker of queue {queue}", used, "MB", LARGEST_MB, "at_most")


@contextmanager
def _worker(queue: str) -> Iterator[psutil.Process]:
    """A worker as the Procfile starts it."""
    line = next(line for line in Path("Procfile").read_text().splitlines() if f"--queues {queue} " in line)
    _, _, words = line.partition(": exec celery ")
    with subprocess.Popen([sys.executable, "-m", "celery", *words.split()]) as process:  # noqa: S603
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def _begin_bulk(others: QuerySet[Device]) -> None:
    """A job over all other devices, under way when this returns."""
    job = _order(others)
    while not job.items.filter(state=JobItem.State.OK).exists():
        call_workers()
        time.sleep(_STEP_S)


def _order(others: QuerySet[Device]) -> Job:
    order = Order(kind="profile", title="Everything", priority=Priority.BULK)
    return create_job(utility=Utility.objects.get(), order=order, devices=others)


def _beside_bulk(device: Device, others: QuerySet[Device]) -> float:
    """Seconds until `device` was read on demand, while bulk items waited all the time."""
    waiting = JobItem.objects.filter(job__priority=Priority.BULK, state=JobItem.State.WAITING)
    if waiting.count() < WAITING:
        _order(others)
    seconds = _wait_for(read_now(device=device, user=None))
    if not waiting.exists():
        raise RuntimeError("no bulk work was left while somebody waited")
    return seconds


def _round_trips() -> float:
    """How often a session waited for its meter: the least any session took, in delays."""
    durations = Attempt.objects.filter(item__job__priority=Priority.ON_DEMAND, cause="").values_list("duration_s")
    return float(int(min(duration for (duration,) in durations) * 1000 / DELAY_MS))


def _wait_for(job: Job) -> float:
    """Seconds until the only item of `job` has ended well."""
    begun = time.perf_counter()
    while (state := job.items.get().state) in JobItem.OPEN:
        if time.perf_counter() - begun > _GIVEN_UP_S:
            raise RuntimeError(f"{job} was not done in {_GIVEN_UP_S} s")
        time.sleep(_STEP_S)
    if state != JobItem.State.OK:
        raise RuntimeError(f"{job}: {job.items.get().detail}")
    return time.perf_counter() - begun
