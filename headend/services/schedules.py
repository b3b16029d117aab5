"""Schedules: when each runs next, in its utility's local time, and making its job when it is due."""

import logging
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from aim.action import bind, new_action
from devices.models import Device, DeviceModel
from headend import kinds, rhythms
from headend.blackouts import dark_around
from headend.meter_lists.asking import listing
from headend.models import Gap, Job, Schedule
from headend.models.job import Priority
from headend.rhythms import CatchUp
from headend.services.jobs import Order, create_job
from headend.targets import devices_of, target_from

log = logging.getLogger(__name__)

PUT_OFF = timedelta(minutes=5)
"""After this a schedule that could not run is tried again: often enough to be noticed, not every second."""
LATE = timedelta(minutes=10)
"""A run this much overdue was missed."""
RHYTHM_FIELDS = frozenset(
    {"utility", "rhythm", "every_min", "at_minute", "weekdays", "month_day", "nth", "once_at", "blackouts", "enabled"}
)
"""What `next_run_at` depends on: whoever changes one of them calls `replan`."""


def next_run(schedule: Schedule, after: datetime) -> datetime | None:
    """The first instant after `after` at which the schedule is due (UTC); None for one that has run once."""
    return rhythms.next_run(schedule.timing(), after)


def run_due(now: datetime | None = None) -> list[Job]:
    """Make the jobs of all schedules that are due. Two schedulers may run: each row is claimed by one of them.

    What is made for times that passed while nobody ran says the schedule. One that cannot run is logged and tried again
    after `PUT_OFF`; the others run.
    """
    now = now or timezone.now()
    with transaction.atomic():
        due = Schedule.objects.filter(enabled=True, next_run_at__lte=now).select_related("utility")
        return [job for each in due.select_for_update(skip_locked=True, of=("self",)) for job in _run(each, now)]


def plan_new() -> None:
    """Give enabled schedules without a next run their first one; the one that has none is logged and put off."""
    now = timezone.now()
    for schedule in Schedule.objects.filter(enabled=True, next_run_at=None).select_related("utility"):
        try:
            run_at = next_run(schedule, now)
        except Exception:
            log.exception("schedule %s has no next run", schedule.pk)
            run_at = now + PUT_OFF
        planned = {"next_run_at": run_at, "enabled": run_at is not None}
        Schedule.objects.filter(pk=schedule.pk, next_run_at=None).update(**planned)


def replan(schedule: Schedule) -> None:
    """Set the next run (unsaved) after the rhythm or the switch was changed: what was planned before is void."""
    schedule.next_run_at = next_run(schedule, timezone.now()) if schedule.enabled else None


def order_of(schedule: Schedule, window: timedelta = timedelta()) -> Order:
    """What one run of this schedule shall do, its devices begun over `window`."""
    return Order(
        kind=schedule.kind,
        title=schedule.name,
        priority=Priority.GAP if schedule.kind == kinds.GAPS.code else Priority.SCHEDULED,
        expires_in=timedelta(minutes=schedule.expires_min),
        parameters=schedule.parameters,
        window=window,
        target=target_from(schedule.target or {}),
    )


def targets(schedule: Schedule, now: datetime) -> QuerySet[Device]:
    """The devices of its target that are installed; for gap reading only those with an open gap.

    With the event logs come concentrators and gateways, which hang nowhere: it is how they are known to be well. Slave
    meters keep neither logs nor daily values: what happens to them stands in the logs of their masters, and their
    masters hold the hours of them.
    """
    devices = devices_of(target_from(schedule.target or {}), utility=schedule.utility)
    installed = devices.filter(installations__period__contains=now)
    if schedule.kind == kinds.GAPS.code:
        return installed.filter(pk__in=Gap.objects.filter(state=Gap.State.OPEN).values("device"))
    if schedule.kind == kinds.DAILY.code:
        return installed.exclude(model__kind=DeviceModel.Kind.SLAVE_METER)
    if schedule.kind == kinds.INVENTORY.code:
        return listing(devices)
    if schedule.kind == kinds.EVENTS.code:
        with_logs = installed.exclude(model__kind=DeviceModel.Kind.SLAVE_METER)
        return devices.filter(Q(pk__in=with_logs.values("pk")) | Q(pk__in=Device.objects.ways().values("pk")))
    return installed


def _run(schedule: Schedule, now: datetime) -> list[Job]:
    """The jobs of what is due; none when it cannot run and was put off. The database away is not its fault."""
    try:
        with transaction.atomic():
            return _make_jobs(schedule, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("schedule %s could not run", schedule.pk)
    Schedule.objects.filter(pk=schedule.pk).update(next_run_at=now + PUT_OFF)
    return []


def _make_jobs(schedule: Schedule, now: datetime) -> list[Job]:
    """A job per run to be made; while a blackout lasts, what is overdue waits for its end."""
    rhythm, planned = schedule.timing(), schedule.next_run_at
    if planned is None or dark_around(rhythm.blackouts, rhythm.zone, now):
        return []
    rule, most = CatchUp(schedule.catch_up), schedule.catch_up_most
    made_for = rhythms.to_make_up(rhythm, planned, now, rule=rule, most=most, late=LATE)
    window = rhythms.spread_over(rhythm, now, timedelta(minutes=schedule.window_min))
    jobs = [_make_job(schedule, now, window) for _ in made_for]
    schedule.last_run_at = now if jobs else schedule.last_run_at
    schedule.next_run_at = rhythms.next_run(rhythm, now)
    schedule.enabled = schedule.next_run_at is not None
    schedule.save(update_fields=["last_run_at", "next_run_at", "enabled"])
    return jobs


def _make_job(schedule: Schedule, now: datetime, window: timedelta) -> Job:
    order = order_of(schedule, window)
    with bind(new_action()):
        return create_job(utility=schedule.utility, order=order, devices=targets(schedule, now), schedule=schedule)
