"""What lies in a result group: for the next task, for reports, for reading again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from access.models import User
from devices.models import Device
from metering.models import Series
from validation.filters import WAITING
from validation.models import Finding, ResultGroup

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Exceptions of a group that wait: all, by age, overdue ones, and since when the oldest does."""

    waiting: int = 0
    today: int = 0
    this_week: int = 0
    older: int = 0
    overdue: int = 0
    oldest: datetime | None = None


def counts_of(groups: Sequence[ResultGroup], user: User, now: datetime) -> dict[int, GroupCounts]:
    """By id of the group, of the findings open to `user`. One query."""
    rows = Finding.objects.visible_to(user).filter(WAITING, group__in=[group.pk for group in groups])
    day, week = now - timedelta(days=1), now - WEEK
    counted = rows.order_by().values("group").annotate(
        waiting=Count("pk"),
        today=Count("pk", filter=Q(found_at__gte=day)),
        this_week=Count("pk", filter=Q(found_at__lt=day, found_at__gte=week)),
        older=Count("pk", filter=Q(found_at__lt=week)),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        oldest=Min("found_at"),
    )  # fmt: skip
    columns = ("group", "waiting", "today", "this_week", "older", "overdue", "oldest")
    return {group: GroupCounts(*counts) for group, *counts in counted.values_list(*columns)}


def group_series(group: ResultGroup) -> QuerySet[Series]:
    """The series with exceptions of this group that wait."""
    waiting = Finding.objects.filter(WAITING, group=group).order_by().values("series")
    rows: QuerySet[Series] = Series.objects.filter(pk__in=waiting)
    return rows


def group_devices(group: ResultGroup) -> QuerySet[Device]:
    """The devices that hang at their metering points now: those that can be asked again."""
    points = Finding.objects.filter(WAITING, group=group).order_by().values("series__metering_point")
    rows: QuerySet[Device] = Device.objects.filter(
        installations__metering_point__in=points, installations__period__endswith=None
    )
    return rows.distinct()
