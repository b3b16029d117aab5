"""Every screen of the product at 200 metering points: server time and number of queries, asked as a user would.

The demo utility is loaded and filled with 60 days of values that go through the value store like those of meters.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import User
from bench.demo import demo_utility
from bench.report import Figure
from devices.models import Device
from headend.services.jobs import Order, create_job
from metering.models import MeteringPoint, Series
from metering.store import Origin, place, write

METERS = 200
DAYS = 60
GOAL_MS = 200
GOAL_QUERIES = 20


def run(quick: bool) -> Iterator[Figure]:
    """The median of several visits per screen."""
    with demo_utility("--meters", str(METERS)):
        _fill()
        settings.ALLOWED_HOSTS = ["testserver"]
        logging.getLogger("aim.request").setLevel(logging.WARNING)
        client = Client()
        client.force_login(User.objects.get(username="mikko"), backend="django.contrib.auth.backends.ModelBackend")
        for name, path in _screens():
            milliseconds, queries = _visit(client, path, visits=5 if quick else 15)
            yield Figure(f"{name}: server time", milliseconds, "ms", GOAL_MS, "at_most")
            yield Figure(f"{name}: queries", queries, "", GOAL_QUERIES, "at_most")


def _screens() -> list[tuple[str, str]]:
    point = MeteringPoint.objects.order_by("gsrn").first()
    device = Device.objects.order_by("serial_number").first()
    assert point is not None
    assert device is not None
    series = Series.objects.filter(metering_point=point, kind="consumption").values_list("pk", flat=True)
    chosen = ",".join(map(str, series))
    job = create_job(utility=device.utility, order=Order("profile", "Screens"), devices=Device.objects.all())
    return [
        ("dashboard", "/"),
        ("metering points", "/metering-points/"),
        ("metering point", f"/metering-points/{point.pk}/"),
        ("metering point, values", f"/metering-points/{point.pk}/values/"),
        ("data browser, a day", f"/values/?series={chosen}&period=day"),
        ("data browser, a month", f"/values/?series={chosen}&period=month"),
        ("data browser, a year", f"/values/?series={chosen}&period=year"),
        ("devices", "/devices/"),
        ("device", f"/devices/{device.pk}/"),
        ("events", "/events/"),
        ("jobs", "/jobs/"),
        ("job", f"/jobs/{job.pk}/"),
        ("schedules", "/schedules/"),
        ("search", "/search/?q=virtanen"),
    ]


def _visit(client: Client, path: str, *, visits: int) -> tuple[float, int]:
    """Median milliseconds and the number of queries of one visit."""
    seconds = []
    for _ in range(visits + 1):
        begun = time.perf_counter()
        answer = client.get(path)
        b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        seconds.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return statistics.median(seconds[1:]) * 1000, len(queries)


def _fill() -> None:
    """A stand every quarter of an hour on every stand series, rising by a household's day."""
    stands = list(Series.objects.filter(kind="stand").order_by("pk").values_list("pk", flat=True))
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    at = np.arange(int((end - timedelta(days=DAYS)).timestamp()), int(end.timestamp()), 900)
    shape = 60 + 50 * np.sin(at % 86_400 / 86_400 * 2 * np.pi)
    rising = np.cumsum(shape.astype(np.int64))
    for first in range(0, len(stands), 50):
        ids = stands[first : first + 50]
        values = np.concatenate([rising + 1000 * pk for pk in ids])
        placed = place(900, np.repeat(np.array(ids, np.int64), len(at)), np.tile(at, len(ids)), values)
        write(placed.batch, origin=Origin(rule="benchmark"))
