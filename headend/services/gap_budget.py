"""Which devices are asked for missing values now: not those about to be read anyway, and no more than are allowed."""

from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from access.models import Utility
from devices.models import Device
from headend import kinds
from headend.models import Gap, GapBudget, JobItem, Schedule
from headend.services.gap_segments import segment_budgets, within_segments
from headend.services.schedules import targets

CLOSE = timedelta(minutes=3)
"""A device that is to be read by a schedule so soon is not asked for missing values before."""
HOUR = timedelta(hours=1)


def within_budget(utility: Utility, devices: QuerySet[Device], now: datetime) -> QuerySet[Device]:
    """Those of `devices` of a utility that may be asked now; the least asked first, then those that miss most long."""
    free = devices.exclude(pk__in=_about_to_be_read(utility, now))
    for schedule in _soon(utility, now):
        free = free.exclude(pk__in=targets(schedule, now).order_by().values("pk"))
    left, segments = left_of_budget(utility, now), segment_budgets(now)
    if left is None and segments is None:
        return free
    gaps = Gap.objects.filter(device__in=free.order_by().values("pk"), state=Gap.State.OPEN).order_by()
    ranked = gaps.values("device").annotate(times=Min("asked"), first=Min("starts_at"))
    chosen = ranked.order_by("times", "first", "device").values_list("device", flat=True)
    kept = list(chosen[:left]) if segments is None else within_segments(chosen, segments, left)
    return Device.objects.filter(pk__in=kept)


def left_of_budget(utility: Utility, now: datetime) -> int | None:
    """How many devices may still be asked within the hour; None without a limit."""
    budget = GapBudget.objects.filter(utility=utility).first()
    if budget is None:
        return None
    asked = JobItem.objects.filter(
        job__utility=utility, job__kind=kinds.GAPS.code, job__schedule=None, job__created_at__gt=now - HOUR
    )
    return max(budget.devices_per_hour - asked.count(), 0)


def _about_to_be_read(utility: Utility, now: datetime) -> QuerySet[JobItem, int]:
    """Devices with a reading that is under way or begins soon."""
    items = JobItem.objects.open().filter(job__utility=utility, not_before__lte=now + CLOSE)
    return items.order_by().values_list("device", flat=True)


def _soon(utility: Utility, now: datetime) -> QuerySet[Schedule]:
    """Schedules that run soon. Those that run all the time would leave no room, and are short: they are let be."""
    soon = Schedule.objects.filter(utility=utility, enabled=True, next_run_at__gt=now, next_run_at__lte=now + CLOSE)
    return soon.exclude(rhythm=Schedule.Rhythm.MINUTES, every_min__lte=2 * CLOSE // timedelta(minutes=1))
