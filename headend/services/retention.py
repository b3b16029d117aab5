"""Communication history is kept for a while, then dropped in small steps that never hold the tables for long."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from headend.models import Job, JobItem

JOBS_AT_ONCE = 20
ITEMS_AT_ONCE = 5_000
"""Items dropped by one statement, with their attempts: a tenth of a second, however large the job."""
STEPS_AT_ONCE = 20

_DROP_ITEMS = """
WITH items AS (
    SELECT id FROM headend_jobitem WHERE job_id = ANY(%(jobs)s) LIMIT %(limit)s
), frames AS (
    DELETE FROM headend_frames WHERE attempt_id IN (
        SELECT id FROM headend_attempt WHERE item_id IN (SELECT id FROM items)
    )
), attempts AS (
    DELETE FROM headend_attempt WHERE item_id IN (SELECT id FROM items)
)
DELETE FROM headend_jobitem WHERE id IN (SELECT id FROM items)
"""


def drop_old_jobs() -> int:
    """Drop jobs that ended longer ago than `COMMUNICATION_DAYS`, with their items and attempts; how many.

    A call ends after `STEPS_AT_ONCE` statements, whatever is left: the next one goes on. Values stay, and so does what
    the ledger says of them: it names a job by number, without a foreign key.
    """
    return sum(_drop_some() for _ in range(STEPS_AT_ONCE))


def _drop_some() -> int:
    """One step over the oldest jobs: so many of their items; the jobs themselves once they have none."""
    before = timezone.now() - timedelta(days=settings.COMMUNICATION_DAYS)
    ended = Job.objects.filter(finished_at__lt=before).order_by("finished_at")
    jobs = list(ended.values_list("pk", flat=True)[:JOBS_AT_ONCE])
    if not jobs or _drop_items(jobs) == ITEMS_AT_ONCE:
        return 0
    empty = Job.objects.filter(pk__in=jobs).exclude(pk__in=JobItem.objects.filter(job__in=jobs).values("job"))
    dropped, _ = empty.delete()
    return dropped


def _drop_items(jobs: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DROP_ITEMS, {"jobs": jobs, "limit": ITEMS_AT_ONCE})
        dropped: int = cursor.rowcount
    return dropped
