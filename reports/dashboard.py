"""What the dashboard shows, each part asked for once and only for who may see it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Abs
from django.http import HttpRequest

from aim.web.formats import grouped
from aim.web.svg import Bar, Point, bars
from aim.web.tones import State, Tone
from devices.clock import NOTICE_S, clock_state
from devices.models import Device
from events.models import Event
from headend import causes
from headend.completeness import Completeness, completeness_by_day
from headend.models import Job, JobItem
from headend.progress import Progress
from headend.rhythm import kind_name
from headend.states import job_state
from headend.views.jobs import set_progress
from metering import store
from metering.intervals import local_day
from metering.models import MeteringPoint, Series
from metering.views.people import user_of

DAYS = 30
SHOWN = 6
EVENT_DAYS = 7
GOOD, FAIR = 99.0, 95.0
"""Percent from which a share of successful readings or present values is called good, or fair."""


def tone_of(percent: float | None) -> Tone:
    """Good, fair or bad; muted where there is nothing to judge."""
    if percent is None:
        return "muted"
    return "ok" if percent >= GOOD else "warn" if percent >= FAIR else "bad"


def rounded_down(percent: float | None) -> str:
    """One decimal, rounded down so that 100.0 means all; a dash where there is nothing."""
    return "–" if percent is None else f"{int(percent * 10) / 10:.1f}"


@dataclass(frozen=True, slots=True)
class KindToday:
    """The readings of one kind today."""

    code: str
    name: str
    progress: Progress

    @property
    def percent(self) -> float | None:
        """Share of what has ended well; None while nothing has ended."""
        return 100 * self.progress.ok / self.progress.ended if self.progress.ended else None


@dataclass(frozen=True, slots=True)
class ReadingToday:
    """All readings today, and by kind."""

    kinds: Sequence[KindToday]
    total: KindToday

    @property
    def tone(self) -> Tone:
        return tone_of(self.total.percent)

    @property
    def text(self) -> str:
        return rounded_down(self.total.percent)


def reading_today(request: HttpRequest, midnight: datetime) -> ReadingToday:
    """Items of the jobs made since `midnight`, by kind and state. One query."""
    items = JobItem.objects.visible_to(user_of(request)).filter(job__created_at__gte=midnight).order_by()
    tally: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, state, count in items.values_list("job__kind", "state").annotate(count=Count("pk")):
        tally[kind][state] = count
    kinds = [KindToday(kind, kind_name(kind), Progress.of(found)) for kind, found in sorted(tally.items())]
    states = {state: sum(found.get(state, 0) for found in tally.values()) for state in JobItem.State.values}
    return ReadingToday(kinds, KindToday("", "All", Progress.of(states)))


@dataclass(frozen=True, slots=True)
class CompletenessShown:
    """Completeness of the last `DAYS` days: a bar per day, and as a whole."""

    bars: Sequence[Bar]
    total: Completeness

    @property
    def text(self) -> str:
        return rounded_down(self.total.percent)

    @property
    def tone(self) -> Tone:
        return tone_of(self.total.percent)


def completeness(points: QuerySet[MeteringPoint], today: date) -> CompletenessShown:
    """Values of the profiles that are due against those that are there. Two queries."""
    days = {each.day: each.completeness for each in completeness_by_day(points, today - timedelta(DAYS - 1), today)}
    dates = [today - timedelta(DAYS - 1 - n) for n in range(DAYS)]
    total = sum(days.values(), Completeness(0, 0))
    return CompletenessShown(bars([_day(day, days.get(day)) for day in dates], maximum=100), total)


def _day(day: date, found: Completeness | None) -> Point:
    label = f"{day:%a} {day.day} {day:%b}"
    if found is None or found.percent is None:
        return Point(None, label, "nothing due")
    text = f"{rounded_down(found.percent)} %, {grouped(found.missing)} of {grouped(found.expected)} missing"
    return Point(found.percent, label, text, tone_of(found.percent))


@dataclass(frozen=True, slots=True)
class Silent:
    """A device that does not answer, since when and why."""

    device: Device
    rule: causes.Rule


def silent(request: HttpRequest) -> tuple[int, list[Silent]]:
    """How many devices do not answer, and those silent for longest. Two queries."""
    rows = Device.objects.visible_to(user_of(request)).not_answering()
    longest = F("contact__last_contact_at").asc(nulls_first=True)
    first = rows.select_related("contact").order_by(longest, "pk")[:SHOWN]
    found = [Silent(device, causes.rule(device.contact.cause)) for device in first]
    return (rows.count() if len(found) == SHOWN else len(found)), found


@dataclass(frozen=True, slots=True)
class WrongClock:
    device: Device
    state: State | None


def wrong_clocks(request: HttpRequest) -> tuple[int, list[WrongClock]]:
    """How many clocks are off by more than `NOTICE_S`, and the worst of them. Two queries."""
    rows = Device.objects.visible_to(user_of(request)).clock_off(NOTICE_S)
    worst = rows.select_related("contact").order_by(Abs("contact__clock_offset_s").desc(), "pk")[:SHOWN]
    found = [WrongClock(device, clock_state(device.contact.clock_offset_s)) for device in worst]
    return (rows.count() if len(found) == SHOWN else len(found)), found


def latest_events(request: HttpRequest, now: datetime) -> list[Event]:
    """The events of the last days, critical ones first. One query."""
    rows = Event.objects.visible_to(user_of(request)).filter(at__gte=now - timedelta(EVENT_DAYS))
    return list(rows.select_related("device").order_by("-severity", "-at", "-pk")[:SHOWN])


def running_jobs(request: HttpRequest) -> list[Any]:
    """Jobs under way with progress and state. Two queries."""
    rows = Job.objects.visible_to(user_of(request)).filter(state=Job.State.RUNNING)
    jobs: list[Any] = list(rows.select_related("created_by").order_by("-created_at")[:SHOWN])
    set_progress(jobs, request)
    for job in jobs:
        job.shown_state = job_state(job, job.progress)
    return jobs


def devices_by_state(request: HttpRequest) -> list[tuple[str, str, int]]:
    """(state, its name, number of devices), those that exist. One query."""
    rows = Device.objects.visible_to(user_of(request)).order_by().values_list("state").annotate(count=Count("pk"))
    counts = dict(rows)
    return [(state.value, str(state.label), counts[state]) for state in Device.State if state in counts]


def energy_yesterday(points: QuerySet[MeteringPoint], today: date, zone: ZoneInfo) -> Decimal | None:
    """Energy imported on the local day before `today`, in kWh; None while nothing is measured. Exact sums of integers.

    Two queries. Reads one day of one series per metering point: milliseconds for thousands of points.
    """
    rows = Series.objects.filter(
        metering_point__in=points.order_by().values("pk"),
        kind=Series.Kind.CONSUMPTION,
        periodicity=Series.Periodicity.INTERVAL,
        measured_property__obis="1-0:1.29.0",
        measured_property__unit="Wh",
    )
    with store.snapshot():
        exponents = dict(rows.order_by("pk").values_list("pk", "exponent"))
        if not exponents:
            return None
        matrix = store.read(list(exponents), *local_day(today - timedelta(days=1), zone))
    if not matrix.present.any():
        return None
    sums = np.where(matrix.present, matrix.values, 0).sum(axis=1).tolist()
    return sum((Decimal(value).scaleb(e - 3) for value, e in zip(sums, exponents.values(), strict=True)), Decimal(0))
