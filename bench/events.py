"""Events at the scale of a storm: 100,000 of them, an outage of 20,000 meters among them, recorded, examined and told.

Half of 200 transformer areas lose power within two minutes and get it back within half an hour: each meter tells of it
by a last gasp and by two entries of its log. The rest is noise of all meters in the hours before: failures of half a
minute, covers, batteries, clocks. Events come 2,000 at a time and are examined as the scheduler does it, while two
alarm rules listen, one of them of a device group. At the end 10,000 messages leave the outbox through a mail server
that takes all at once, so what is measured is our side.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from access.models import Utility
from bench.report import Figure
from devices.descriptions import register_models
from devices.models import Contact, Device, DeviceGroup, DeviceModel, GroupMember, Installation
from events.alarm import Alarm, single
from events.models import AlarmMessage, AlarmRule, AreaOutage, Outage
from events.services import examine, record_events
from events.services.outbox import send_due
from events.services.record import Reported
from metering.models import MeteringPoint, TransformerArea

METERS, AREAS, MESSAGES = 40_000, 200, 10_000
NOISE = 40_000
_OTHER = ("terminal_cover_removed", "battery_low", "dst_changed")
_BLIP = timedelta(seconds=30)
_LOG, _PUSHED = "0-0:99.98.0", "alarm"
_HUNG = DateTimeTZRange(datetime(2026, 1, 1, tzinfo=UTC), None)
Meter = tuple[int, int]
"""A device and its metering point."""


def run(quick: bool) -> Iterator[Figure]:
    """Measure all of it, or a tenth when `quick`."""
    part = 10 if quick else 1
    utility = Utility.objects.create(code="bench", name="Bench", time_zone="Europe/Helsinki")
    model = register_models()[0]
    areas = [_hang(utility, model, number, METERS // AREAS) for number in range(AREAS // part)]
    dark = [meter for area in areas[::2] for meter in area]
    entries = _entries(dark, [meter for area in areas for meter in area], NOISE // part)
    rule = _rules(utility, dark)
    yield Figure("events", len(entries), "")
    yield from _recorded_and_examined(entries)
    _check(Outage.objects.filter(area_outage__isnull=False).count(), len(dark))
    _check(AreaOutage.objects.count(), len(areas[::2]))
    yield Figure("outages of meters; all in those of areas are", Outage.objects.count(), "")
    yield Figure("outages of areas", AreaOutage.objects.count(), "")
    yield from _outbox(rule, MESSAGES // part)
    yield Figure("peak memory of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")


def _recorded_and_examined(entries: Sequence[Reported]) -> Iterator[Figure]:
    seconds, queries, new = _measured(lambda: record_events(entries))
    _check(new, len(entries))
    yield Figure("recorded", len(entries) / seconds, "events/s")
    yield Figure("recorded: queries", queries, "")
    steps = _steps()
    yield Figure("examined", sum(seconds for seconds, _, _ in steps), "s")
    yield Figure("examined", len(entries) / sum(seconds for seconds, _, _ in steps), "events/s")
    yield Figure("examined: longest step", max(seconds for seconds, _, _ in steps), "s")
    yield Figure("examined: steps", len(steps), "")
    yield Figure("examined: most queries of a step", max(queries for _, queries, _ in steps), "")


def _steps() -> list[tuple[float, int, int]]:
    """Seconds, queries and events of every step until nothing is news."""
    steps = []
    while (step := _measured(examine))[2]:
        steps.append(step)
    return steps


def _outbox(rule: AlarmRule, count: int) -> Iterator[Figure]:
    """A queue of messages, sent without a pause."""
    settings.EMAIL_HOST, settings.EMAIL_BACKEND = "bench.invalid", "django.core.mail.backends.dummy.EmailBackend"
    AlarmMessage.objects.all().delete()
    alarm = Alarm("battery_low", "Battery voltage low", "power", "warning", timezone.now().isoformat(), "B00000001")
    AlarmMessage.objects.bulk_create(
        [AlarmMessage(rule=rule, channel="email", content=single(alarm)) for _ in range(count)], batch_size=2_000
    )
    sent, begun = 0, time.perf_counter()
    while step := send_due():
        sent += step
    seconds = time.perf_counter() - begun
    _check(sent, count)
    yield Figure(f"outbox of {count:,} messages", seconds, "s")
    yield Figure("outbox", sent / seconds, "messages/s")


def _measured(act: Callable[[], int]) -> tuple[float, int, int]:
    """Seconds and queries that `act` takes, and what it answers."""
    queries = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    begun = time.perf_counter()
    with connection.execute_wrapper(count):
        answer = act()
    return time.perf_counter() - begun, queries, answer


def _entries(dark: Sequence[Meter], meters: Sequence[Meter], noise: int) -> list[Reported]:
    """Noise first, then the last gasps, then what the logs of the same meters say, in no order."""
    chance, storm = Random(5), timezone.now().replace(microsecond=0) - timedelta(hours=2)
    noisy = chance.sample(meters, k=noise * 3 // 4)
    before = [entry for number, meter in enumerate(noisy) for entry in _noise(meter, number, storm, chance)]
    gasps, logs = [], []
    for meter in dark:
        down = storm + timedelta(seconds=chance.randrange(120))
        up = down + timedelta(seconds=chance.randrange(600, 1_800))
        gasps.append(_entry(meter, "last_gasp", down, _PUSHED))
        logs += [_entry(meter, "power_down", down), _entry(meter, "power_up", up)]
    chance.shuffle(logs)
    return before + gasps + logs


def _noise(meter: Meter, number: int, until: datetime, chance: Random) -> list[Reported]:
    """What meters say on any day: of every third a failure of half a minute, else one entry of another kind."""
    at = until - timedelta(seconds=chance.randrange(3_600, 12 * 3_600))
    if number % 3 == 0:
        return [_entry(meter, "power_down", at), _entry(meter, "power_up", at + _BLIP)]
    return [_entry(meter, chance.choice(_OTHER), at)]


def _entry(meter: Meter, kind: str, at: datetime, log: str = _LOG) -> Reported:
    device, point = meter
    return Reported(device, point, log, at, 1, 0, kind, {})


def _hang(utility: Utility, model: DeviceModel, number: int, count: int) -> list[Meter]:
    """A transformer area with so many meters that were heard yesterday."""
    area = TransformerArea.objects.create(utility=utility, code=f"T{number:03}", name=f"Area {number}")
    first = number * count
    devices = Device.objects.bulk_create(
        Device(utility=utility, model=model, serial_number=f"B{n:08}", host="192.0.2.1", state="in_operation")
        for n in range(first, first + count)
    )
    points = MeteringPoint.objects.bulk_create(
        MeteringPoint(utility=utility, gsrn=f"{64999:05}{n:013}", transformer_area=area)
        for n in range(first, first + count)
    )
    pairs = list(zip(devices, points, strict=True))
    Installation.objects.bulk_create(Installation(device=d, metering_point=p, period=_HUNG) for d, p in pairs)
    heard = timezone.now() - timedelta(days=1)
    Contact.objects.bulk_create(Contact(device=device, last_contact_at=heard) for device in devices)
    return [(device.pk, point.pk) for device, point in pairs]


def _rules(utility: Utility, dark: Sequence[Meter]) -> AlarmRule:
    """Two rules: of the whole utility, and of a group with every tenth meter that fails; answers the first."""
    group = DeviceGroup.objects.create(utility=utility, name="Watched")
    GroupMember.objects.bulk_create(GroupMember(group=group, device_id=device) for device, _ in dark[::10])
    made = {"utility": utility, "emails": ["oncall@example.com"], "most_per_hour": 1_000}
    AlarmRule.objects.create(name="Watched", group=group, **made)
    return AlarmRule.objects.create(name="All", **made)


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise RuntimeError(f"{found:,} instead of {expected:,}: the benchmark measures nothing.")
