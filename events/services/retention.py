"""Events are kept for a while, then dropped in small steps, the oldest first."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

AT_ONCE = 5_000
STEPS_AT_ONCE = 20
MESSAGE_DAYS = 90

_DROP = """
DELETE FROM events_event WHERE id IN (
    SELECT id FROM (SELECT id, received_at FROM events_event ORDER BY id LIMIT %(limit)s) AS oldest
    WHERE received_at < %(before)s AND NOT EXISTS (SELECT FROM events_eventnews news WHERE news.event_id = oldest.id)
)
"""
_DROP_MESSAGES = "DELETE FROM events_alarmmessage WHERE ended_at < %s"


def drop_old_events() -> int:
    """Drop events received longer ago than `EVENT_DAYS`; how many.

    Numbers are given in the order of receiving, so the oldest are found without an index of their own. A call ends
    after `STEPS_AT_ONCE` statements, whatever is left: the next one goes on. Outages stay. What rules and outages have
    not looked at yet stays until they have.
    """
    before, dropped = timezone.now() - timedelta(days=settings.EVENT_DAYS), 0
    for _ in range(STEPS_AT_ONCE):
        step = _execute(_DROP, {"limit": AT_ONCE, "before": before})
        dropped += step
        if step < AT_ONCE:
            break
    return dropped


def drop_old_messages() -> int:
    """Drop messages of alarm rules that ended longer ago than `MESSAGE_DAYS`; how many."""
    return _execute(_DROP_MESSAGES, [timezone.now() - timedelta(days=MESSAGE_DAYS)])


def _execute(statement: str, parameters: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)  # type: ignore[arg-type]
        count: int = cursor.rowcount
    return count
