"""Pulling a day of a fleet: 96 rows of two registers from every meter, stored and compared for completeness.

Meters were heard before, so their layouts are on file as in daily work. A bare loop with the same round trips and
octets, sealed and opened, is what the rate is held against (`bench.bare`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import uvloop
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils import timezone

from access.models import Utility
from bench.recording import ROWS, recorded
from bench.report import Figure
from bench.rounds import alternate, bare_side, best
from devices.models import Device, Installation
from headend.knowledge import know
from headend.models import Gap, ReadMark
from headend.plan import Plan, Stretch
from headend.services.gaps import find_gaps
from headend.services.jobs import Order, create_job
from headend.wake import BULK
from headend.worker import work_off

RATE, SHARE = 300, 0.35
_QUARTER = timedelta(minutes=15)


def run(meters: int, *, quick: bool) -> Iterator[Figure]:
    """Read the first `meters` of the fleet."""
    now = timezone.now()
    devices = Device.objects.filter(pk__in=list(Device.objects.order_by("pk").values_list("pk", flat=True)[:meters]))
    _installed_since(now - _QUARTER)
    _read(devices, "first contact")
    script = _script(devices, now)
    _installed_since(now - (ROWS + 1) * _QUARTER)
    ReadMark.objects.all().delete()
    begun = time.perf_counter()
    rows = _read(devices, "a day of 15 minutes")
    read_s = time.perf_counter() - begun
    find_gaps()
    seconds = time.perf_counter() - begun
    _check(rows, meters)
    with bare_side("streams", script) as streams:
        alone = best(alternate(4 if quick else 12, streams)[0])
    yield Figure("pull: read, stored and compared", meters / seconds, "meters/s", RATE)
    yield Figure("pull: values", 2 * rows / seconds, "values/s")
    yield Figure("pull: of that comparing", 1 - read_s / seconds, "of 1")
    yield Figure("pull: bare asyncio + AES-GCM", alone.rate, "sessions/s")
    yield Figure("pull: against the bare loop", meters / seconds / alone.rate, "of 1", SHARE)


def _installed_since(at: datetime) -> None:
    Installation.objects.update(period=DateTimeTZRange(at, None))


def _read(devices: QuerySet[Device], title: str) -> int:
    """Rows that a job over these devices brought home."""
    order = Order(kind="profile", title=title)
    job = create_job(utility=Utility.objects.get(), order=order, devices=devices)
    work_off(BULK)
    if set(tally := job.items.all().tally()) != {"ok"}:
        raise RuntimeError(f"{title}: {tally}")
    return sum(result["rows"] for result in job.items.values_list("result", flat=True))


def _script(devices: QuerySet[Device], now: datetime) -> list[tuple[int, int]]:
    """What a session that reads the day puts on the line."""
    first = devices.select_related("model", "utility", "contact").order_by("pk")[:1]
    (known,) = know(first)[0].values()
    profile = known.description.interval_profile
    assert profile is not None
    full = now.replace(minute=0, second=0, microsecond=0)
    return uvloop.run(recorded(known, Plan(profiles=(Stretch(profile.obis, full - (ROWS - 1) * _QUARTER, full),))))


def _check(rows: int, meters: int) -> None:
    gaps = Gap.objects.count()
    if gaps or rows < ROWS * meters:
        raise RuntimeError(f"the day was not read whole: {rows} rows of {meters} meters, {gaps} gaps")
