"""Schedules: when each runs next, in its utility's local time, and making its job when it is due."""

import logging
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from aim.action import bind, new_action
from devices.models import Device
from headend import kinds
from headend.models import Gap, Job, Schedule
from headend.models.job import Priority
from headend.services.jobs import Order, create_job

log = logging.getLogger(__name__)

PUT_OFF = timedelta(minutes=5)
"""After this a schedule that could not run is tried again: often enough to be noticed, not every second."""
RHYTHM_FIELDS = frozenset({"utility", "rhythm", "every_min", "at_minute", "enabled"})
"""What `next_run_at` depends on: whoever changes one of them calls `replan`."""


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """The first instant after `after` at which the schedule is due (UTC).

    Every n minutes is counted in UTC from 1970, so a DST change neither skips nor doubles a run; where n divides an
    hour or a day, that is from the full hour or day. A daily time that a DST change leaves out runs right after the
    gap; one that occurs twice runs at its first occurrence.
    """
    if schedule.rhythm == Schedule.Rhythm.MINUTES:
        step, offset = schedule.every_min * 60, schedule.at_minute * 60
        seconds = (int(after.timestamp()) - offset) // step * step + step + offset
        return datetime.fromtimestamp(seconds, ZoneInfo("UTC"))
    return _next_daily(schedule.at_minute, after, schedule.utility.zone)


def run_due(now: datetime | None = None) -> list[Job]:
    """Make the jobs of all schedules that are due. Two schedulers may run: each row is claimed by one of them.

    A schedule whose time passed while nobody ran makes one job, not one for every time missed: reading goes on from
    where it stopped anyway. One that cannot run is logged and tried again after `PUT_OFF`; the others run.
    """
    now = now or timezone.now()
    with transaction.atomic():
        due = Schedule.objects.filter(enabled=True, next_run_at__lte=now).select_related("utility")
        jobs = [_run(schedule, now) for schedule in due.select_for_update(skip_locked=True, of=("self",))]
    return [job for job in jobs if job is not None]


def plan_new() -> None:
    """Give enabled schedules without a next run their first one; the one that has none is logged and put off."""
    now = timezone.now()
    for schedule in Schedule.objects.filter(enabled=True, next_run_at=None).select_related("utility"):
        try:
            run_at = next_run(schedule, now)
        except Exception:
            log.exception("schedule %s has no next run", schedule.pk)
            run_at = now + PUT_OFF
        Schedule.objects.filter(pk=schedule.pk, next_run_at=None).update(next_run_at=run_at)


def replan(schedule: Schedule) -> None:
    """Set the next run (unsaved) after the rhythm or the switch was changed: what was planned before is void."""
    schedule.next_run_at = next_run(schedule, timezone.now()) if schedule.enabled else None


def order_of(schedule: Schedule) -> Order:
    """What one run of this schedule shall do."""
    return Order(
        kind=schedule.kind,
        title=schedule.name,
        priority=Priority.GAP if schedule.kind == kinds.GAPS.code else Priority.SCHEDULED,
        expires_in=timedelta(minutes=schedule.expires_min),
        parameters=schedule.parameters,
    )


def targets(schedule: Schedule, now: datetime) -> QuerySet[Device]:
    """Installed devices of the utility; for gap reading only those with an open gap.

    With the event logs come concentrators and gateways, which hang nowhere: it is how they are known to be well.
    """
    devices = Device.objects.filter(utility=schedule.utility)
    installed = devices.filter(installations__period__contains=now)
    if schedule.kind == kinds.GAPS.code:
        return installed.filter(pk__in=Gap.objects.filter(state=Gap.State.OPEN).values("device"))
    if schedule.kind == kinds.EVENTS.code:
        return devices.filter(Q(pk__in=installed.values("pk")) | Q(pk__in=devices.ways().values("pk")))
    return installed


def _run(schedule: Schedule, now: datetime) -> Job | None:
    """The job of one run, or None when the schedule cannot run and was put off. The database away is not its fault."""
    try:
        with transaction.atomic():
            return _make_job(schedule, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("schedule %s could not run", schedule.pk)
    Schedule.objects.filter(pk=schedule.pk).update(next_run_at=now + PUT_OFF)
    return None


def _make_job(schedule: Schedule, now: datetime) -> Job:
    order = order_of(schedule)
    with bind(new_action()):
        job = create_job(utility=schedule.utility, order=order, devices=targets(schedule, now), schedule=schedule)
    schedule.last_run_at, schedule.next_run_at = now, next_run(schedule, now)
    schedule.save(update_fields=["last_run_at", "next_run_at"])
    return job


def _next_daily(minute: int, after: datetime, zone: ZoneInfo) -> datetime:
    local_time = time(minute // 60, minute % 60)
    day = after.astimezone(zone).date()
    while True:
        local = datetime.combine(day, local_time, zone)
        run_at = local.astimezone(ZoneInfo("UTC"))
        if run_at > after:
            return run_at
        day += timedelta(days=1)
