"""Permits of network segments: what they cost for a batch of sessions, and claiming past the items of full segments."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from statistics import median

from django.db import connection, transaction

from access.models import Utility
from bench.report import Figure
from devices.descriptions import register_models
from devices.models import Device
from headend.models import Job, JobItem
from headend.permits import Permits, Segment, Wanted
from headend.permits.limits import Limit
from headend.services.claims import claim
from headend.services.jobs import Order, create_job
from headend.wake import BULK

BATCH = 100
PASSED_OVER_MS = 100
"""So long passing over 20,000 waiting items may take: looking is then a fraction of what their sessions take."""
_ROUNDS = 40
_WAITING = 20_000
_CELLS, _CONCENTRATORS = 20, 10
_NAME = f"bench-{os.getpid()}"
"""The server may be one that others use: these names are nobody else's."""


def run(quick: bool) -> Iterator[Figure]:
    """Batches that go through one and through three kinds of segments; 20,000 items of a full one, 4,000 if `quick`."""
    for kinds in (1, 3):
        yield Figure(f"permits: {BATCH} sessions through {kinds} kinds of segments", _permits_ms(kinds), "ms")
    waiting = _WAITING // 5 if quick else _WAITING
    limit = PASSED_OVER_MS * waiting / _WAITING
    for kind, name in (("concentrator", "full-way"), ("apn", "full-apn")):
        spent = _passed_over_ms(kind, name, waiting)
        yield Figure(f"permits: {waiting:,} items of a full {kind} passed over", spent, "ms", limit, "at_most")


def _permits_ms(kinds: int) -> float:
    """Milliseconds for asking and giving back a batch, the median of some."""
    limits = {Segment(kind, ""): Limit(1_000_000, None) for kind in ("apn", "cell", "concentrator")}
    permits = Permits(_NAME, urgent=False, limits=lambda: limits)
    wanted = [Wanted(holder, _segments(holder)[:kinds]) for holder in range(BATCH)]

    def ask() -> None:
        if any(permits.acquire(wanted)):
            raise RuntimeError("a permit was refused although there is room for all")
        permits.release(range(BATCH))

    try:
        return _median_ms(ask)
    finally:
        permits.leave()


def _segments(holder: int) -> tuple[Segment, ...]:
    """One APN for all, some cells, fewer concentrators."""
    return (
        Segment("apn", _NAME),
        Segment("cell", f"{_NAME}-{holder % _CELLS}"),
        Segment("concentrator", f"{_NAME}-{holder % _CONCENTRATORS}"),
    )


def _passed_over_ms(kind: str, name: str, waiting: int) -> float:
    """Milliseconds to find that nothing can be claimed, where so many wait for a full segment and all others too."""
    with transaction.atomic():
        _wait_in_line(waiting)
        with transaction.atomic():
            if len(claim(queue=BULK, owner=_NAME, limit=BATCH, full={kind: [name]})) != BATCH:
                raise RuntimeError("not every device outside the full segment was claimed")
            transaction.set_rollback(True)
        full = {"apn": ["other"]} | {kind: [name, "other"]}

        def look() -> None:
            if claim(queue=BULK, owner=_NAME, limit=BATCH, full=full):
                raise RuntimeError("a device of a full segment was claimed")

        spent = _median_ms(look, rounds=5)
        transaction.set_rollback(True)
    return spent


def _wait_in_line(waiting: int) -> None:
    """Items of devices behind one concentrator and in one APN, then those of others, a batch of them."""
    utility = Utility.objects.create(code="permits", name="Permits", time_zone="Europe/Helsinki")
    fields = {"utility": utility, "model": register_models()[0], "state": Device.State.INSTALLED}
    way = Device.objects.create(**fields, serial_number="full-way", host="192.0.2.1", apn="full-apn")
    behind = (
        Device(**fields, serial_number=f"W{n}", concentrator=way, gateway_address=f"{n:08x}") for n in range(waiting)
    )
    others = (Device(**fields, serial_number=f"X{n}", host="192.0.2.1", apn="other") for n in range(BATCH))
    Device.objects.bulk_create([*behind, *others])
    JobItem.objects.all().delete()
    Job.objects.all().delete()
    order = Order(kind="profile", title="Permits")
    create_job(utility=utility, order=order, devices=Device.objects.filter(utility=utility).exclude(pk=way.pk))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE headend_jobitem, devices_device, devices_contact")


def _median_ms(act: Callable[[], object], rounds: int = _ROUNDS) -> float:
    spent = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return 1e3 * median(spent)
