"""Planning the hourly schedule of 100,000 devices: from the due row to the items that wait for workers."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.utils import timezone

from access.models import Utility
from bench.hung import hang
from bench.report import Figure
from headend.models import JobItem, Schedule
from headend.services.schedules import run_due

DEVICES = 100_000
QUICK = 20_000
GOAL_S = 5.0
ROUNDS = 3


def run(quick: bool) -> Iterator[Figure]:
    """Seconds of one tick in which the schedule is due, its devices begun over 50 minutes; the longest of a few."""
    count = QUICK if quick else DEVICES
    utility = Utility.objects.create(code="bench", name="Bench", time_zone="Europe/Helsinki")
    hang(utility, count)
    schedule = Schedule.objects.create(
        utility=utility, name="Hourly", kind="profile", rhythm=Schedule.Rhythm.MINUTES, every_min=60, window_min=50
    )
    seconds = [_plan(schedule, count) for _ in range(ROUNDS)]
    goal = GOAL_S * count / DEVICES
    yield Figure(f"hourly schedule of {count:,} devices planned, longest", max(seconds), "s", goal, "at_most")


def _plan(schedule: Schedule, count: int) -> float:
    Schedule.objects.filter(pk=schedule.pk).update(next_run_at=timezone.now())
    begun = time.perf_counter()
    (job,) = run_due()
    seconds = time.perf_counter() - begun
    planned = JobItem.objects.filter(job=job).count()
    if planned != count:
        raise RuntimeError(f"{planned:,} devices were planned instead of {count:,}.")
    return seconds
