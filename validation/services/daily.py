"""What is validated every day without anybody asking: yesterday's values, missing ones too, and what becomes final."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from access.models import Utility
from metering.models import Series
from validation.models import Assignment, Run
from validation.models.rules import Role
from validation.services.runs import RunError, start_run

log = logging.getLogger(__name__)

FROM_HOUR = 6
"""Local time from which on the day before is validated as a whole: readings of the night have come."""
CATCH_UP_DAYS = 7
"""After a standstill so many days are made up for."""
_DAY = dt.timedelta(days=1)


def plan_daily(now: datetime | None = None) -> int:
    """Order the runs of the day that are not ordered yet, for every utility; how many. The scheduler's duty."""
    now = timezone.now() if now is None else now
    return sum(_plan(utility, now) for utility in Utility.objects.order_by("pk"))


@transaction.atomic
def _plan(utility: Utility, now: datetime) -> int:
    local = now.astimezone(ZoneInfo(utility.time_zone))
    if local.hour < FROM_HOUR:
        return 0
    wanted = list(_wanted(utility, local.date()))
    ordered = _ordered(utility, local.date() - dt.timedelta(days=CATCH_UP_DAYS + 400))
    lacking = [each for each in wanted if each not in ordered]
    if not lacking:
        return 0
    # Two schedulers may look at once: the second waits here and finds the runs of the first.
    Utility.objects.select_for_update(no_key=True).get(pk=utility.pk)
    ordered = _ordered(utility, min(day for _, day in lacking))
    for role, day in (each for each in lacking if each not in ordered):
        try:
            start_run(
                user=None, utility=utility, scope={}, first_day=day, last_day=day, role=role,
                trigger=Run.Trigger.SCHEDULE,
            )  # fmt: skip
        except RunError as error:
            log.error("%s: %s is not validated as a whole: %s", utility.code, day, error)
    return len(lacking)


def _wanted(utility: Utility, today: dt.date) -> Iterator[tuple[Role, dt.date]]:
    """Roles and local days that a utility validates by now: those of today, and of the days before since it began."""
    runs = Run.objects.filter(utility=utility, trigger=Run.Trigger.SCHEDULE, role=Role.ARRIVAL)
    began = runs.aggregate(first=Min("first_day"))["first"] or _on_file_since(utility)
    if began is None:
        return
    finals = Assignment.objects.filter(utility=utility, role=Role.FINAL).order_by().values_list("days_after", flat=True)
    for role, after in [(Role.ARRIVAL, 1), *((Role.FINAL, days) for days in set(finals))]:
        last = today - after * _DAY
        first = max(began - (after - 1) * _DAY, last - (CATCH_UP_DAYS - 1) * _DAY)
        for number in range((last - first).days + 1):
            yield role, first + number * _DAY


def _on_file_since(utility: Utility) -> dt.date | None:
    """The local day on which the first series of a utility came on file: nothing could have been read before."""
    made: datetime | None = Series.objects.filter(metering_point__utility=utility).aggregate(at=Min("created_at"))["at"]
    return None if made is None else made.astimezone(ZoneInfo(utility.time_zone)).date()


def _ordered(utility: Utility, since: dt.date) -> set[tuple[str, dt.date]]:
    rows = Run.objects.filter(utility=utility, trigger=Run.Trigger.SCHEDULE, first_day__gte=since)
    return set(rows.values_list("role", "first_day"))
