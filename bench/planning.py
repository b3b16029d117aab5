"""Planning the hourly schedule of 100,000 devices: from the due row to the items that wait for workers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from access.models import Utility
from bench.report import Figure
from devices.descriptions import register_models
from devices.models import Device, Installation
from headend.models import JobItem, Schedule
from headend.services.schedules import run_due
from metering.models import MeteringPoint

DEVICES = 100_000
QUICK = 20_000
GOAL_S = 5.0
ROUNDS = 3
_AT_ONCE = 5000
_HUNG = DateTimeTZRange(datetime(2026, 1, 1, tzinfo=UTC), None)


def run(quick: bool) -> Iterator[Figure]:
    """Seconds of one tick in which the schedule is due, its devices begun over 50 minutes; the longest of a few."""
    count = QUICK if quick else DEVICES
    utility = Utility.objects.create(code="bench", name="Bench", time_zone="Europe/Helsinki")
    _hang(utility, count)
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


def _hang(utility: Utility, count: int) -> None:
    """So many devices, each at a metering point of its own."""
    model = register_models()[0]
    for first in range(0, count, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count))
        state = Device.State.INSTALLED
        devices = Device.objects.bulk_create(
            Device(utility=utility, model=model, serial_number=f"B{n:08}", host="192.0.2.1", state=state)
            for n in numbers
        )
        points = MeteringPoint.objects.bulk_create(
            MeteringPoint(utility=utility, gsrn=f"{64999:05}{n:013}") for n in numbers
        )
        Installation.objects.bulk_create(
            Installation(device=device, metering_point=point, period=_HUNG)
            for device, point in zip(devices, points, strict=True)
        )
