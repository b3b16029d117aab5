"""Communication history is kept for a while, then dropped in small steps that never hold the tables for long."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

JOBS_AT_ONCE = 20

_DROP = """
WITH old AS (
    SELECT id FROM headend_job WHERE finished_at < %(before)s ORDER BY finished_at LIMIT %(limit)s
), items AS (
    SELECT id FROM headend_jobitem WHERE job_id IN (SELECT id FROM old)
), attempts AS (
    DELETE FROM headend_attempt WHERE item_id IN (SELECT id FROM items)
), dropped AS (
    DELETE FROM headend_jobitem WHERE id IN (SELECT id FROM items)
)
DELETE FROM headend_job WHERE id IN (SELECT id FROM old)
"""


def drop_old_jobs() -> int:
    """Drop jobs that ended longer ago than `COMMUNICATION_DAYS`, with their items and attempts; how many.

    Values stay, and so does what the ledger says of them: it names a job by number, without a foreign key.
    """
    before = timezone.now() - timedelta(days=settings.COMMUNICATION_DAYS)
    total = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_DROP, {"before": before, "limit": JOBS_AT_ONCE})
            dropped: int = cursor.rowcount
            total += dropped
            if dropped < JOBS_AT_ONCE:
                return total
