"""Finding gaps behind what was read, and having just those read again.

Data flow: profiles whose mark moved or that have gaps → what they owe → days the store knows as not full → missing
stretches → gap rows → one job per utility. Profiles come in portions of bounded size, each stored by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from access.models import Utility
from devices.models import Device, ProfileLayout
from headend import kinds
from headend.missing import missing
from headend.models import Gap, Job, ReadMark
from headend.models.job import Priority
from headend.owed import owed
from headend.services.gap_budget import within_budget
from headend.services.jobs import Order, create_job
from headend.storing.gaps import update_gaps

LOOK_BACK_DAYS = 60
PROFILES_AT_ONCE = 1000
COMPARED_EVERY = timedelta(minutes=5)
"""So often what is in the store is compared with what must be: until then a gap says nothing of what has come."""
_LOCK = 0x0A1D6A  # advisory lock: one process looks for gaps at a time

# A mark that is being moved just now is left alone: its profile will be compared again anyway.
_COMPARED = """
UPDATE headend_readmark SET compared_until = until WHERE id IN (
    SELECT mark.id FROM headend_readmark mark
    JOIN unnest(%(marks)s::bigint[], %(until)s::timestamptz[]) AS seen(id, until) USING (id, until)
    WHERE mark.compared_until IS DISTINCT FROM mark.until
    FOR UPDATE OF mark SKIP LOCKED)
"""


def find_gaps(look_back_days: int = LOOK_BACK_DAYS) -> list[Job]:
    """Bring the gap rows up to date and order the reading of those that are due; returns the jobs.

    Does nothing while another process is at it.
    """
    with alone() as undisturbed:
        if not undisturbed:
            return []
        now = timezone.now()
        since = datetime.combine(now.astimezone(UTC).date() - timedelta(days=look_back_days), time.min, UTC)
        keys = list(_to_compare(now, since).values_list("pk", flat=True))
        for first in range(0, len(keys), PROFILES_AT_ONCE):
            _compare(keys[first : first + PROFILES_AT_ONCE], since, now)
        return _order_readings(now)


def _to_compare(now: datetime, since: datetime) -> QuerySet[ReadMark]:
    """Marks of profiles that were read further since they were last compared, or have something missing."""
    same = {"device": OuterRef("device"), "obis": OuterRef("obis")}
    gaps = Gap.objects.filter(Gap.watched(since), **same)
    news = Q(compared_until=None) | ~Q(compared_until=F("until")) | Exists(gaps)
    profiles = ReadMark.objects.filter(Exists(ProfileLayout.objects.filter(**same)), news)
    return profiles.filter(device__in=Device.objects.to_be_read(now)).order_by("pk")


def _compare(keys: Sequence[int], since: datetime, now: datetime) -> None:
    marks = list(ReadMark.objects.filter(pk__in=keys).order_by("pk"))
    update_gaps(marks, missing(owed(marks, since=since, now=now)), since=since)
    with connection.cursor() as cursor:
        cursor.execute(_COMPARED, {"marks": [mark.pk for mark in marks], "until": [mark.until for mark in marks]})


def _order_readings(now: datetime) -> list[Job]:
    due = Gap.objects.filter(Q(again_at=None) | Q(again_at__lte=now), state=Gap.State.OPEN)
    devices = Device.objects.filter(pk__in=Device.objects.to_be_read(now)).filter(pk__in=due.values("device"))
    busy = Job.objects.filter(kind=kinds.GAPS.code, state=Job.State.RUNNING).values("utility")
    utilities = Utility.objects.filter(pk__in=devices.values("utility")).exclude(pk__in=busy)
    order = Order(kind=kinds.GAPS.code, title="Missing values", priority=Priority.GAP)
    jobs = []
    for utility in utilities:  # one after the other: utilities share the budgets of network segments
        some = within_budget(utility, devices.filter(utility=utility), now)
        if some.exists():
            jobs.append(create_job(utility=utility, order=order, devices=some))
    return jobs


@contextmanager
def alone() -> Iterator[bool]:
    """Whether no other process holds the lock; it is held until the end of the block or of the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (got,) = cursor.fetchone() or (False,)
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
