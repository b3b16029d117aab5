"""Ending items: ok, failed, or waiting for another try by the rule of the cause."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from headend import causes
from headend.models import Attempt, JobItem
from headend.retry import Policies, policies, wait
from headend.services.frames import keep
from headend.services.jobs import settle_jobs
from headend.storing.outcome import Outcome

_END = """
WITH held AS (
    SELECT item.id, news.*, news.state = 'waiting' AND job.state = 'cancelled' AS cancelled
    FROM jsonb_to_recordset(%(news)s::jsonb)
         AS news(item_id bigint, attempts int, state text, not_before timestamptz, cause text, detail text,
                 result jsonb)
    JOIN headend_jobitem item ON item.id = news.item_id AND item.attempts = news.attempts
    JOIN headend_job job ON job.id = item.job_id
    WHERE item.state = 'running' AND item.lease_owner = %(owner)s
    ORDER BY item.id FOR UPDATE OF item
)
UPDATE headend_jobitem item
SET state = CASE WHEN held.cancelled THEN 'cancelled' ELSE held.state END,
    not_before = coalesce(held.not_before, item.not_before),
    finished_at = CASE WHEN held.state = 'waiting' AND NOT held.cancelled THEN NULL ELSE %(now)s END,
    first_cause = CASE WHEN item.first_cause = '' THEN held.cause ELSE item.first_cause END,
    last_cause = held.cause, detail = held.detail, result = held.result,
    step = '', lease_owner = '', lease_until = NULL
FROM held WHERE item.id = held.id
RETURNING item.id
"""

_ATTEMPTS = """
INSERT INTO headend_attempt (item_id, number, started_at, duration_s, address, cause, detail, steps, bytes_sent,
                             bytes_received)
SELECT * FROM jsonb_to_recordset(%(told)s::jsonb)
    AS told(item_id bigint, number int, started_at timestamptz, duration_s float8, address text, cause text,
            detail text, steps jsonb, bytes_sent int, bytes_received int)
ORDER BY item_id RETURNING item_id, id
"""


def end_items(outcomes: Sequence[Outcome], owner: str) -> list[Outcome]:
    """End every item this worker still holds, keep a record of the attempt, close jobs that are done.

    Returns the outcomes of those items. An item is held by owner and attempt: what was swept meanwhile and claimed
    again, even by the same worker, belongs to the later session. Of a job that is cancelled, what would wait ends.
    """
    now = timezone.now()
    rules = policies(outcome.item.job.utility_id for outcome in outcomes)
    news = orjson.dumps([_ending(outcome, now, rules) for outcome in outcomes]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_END, {"news": news, "owner": owner, "now": now})
        ended = {row[0] for row in cursor.fetchall()}
    held = [outcome for outcome in outcomes if outcome.item.pk in ended]
    _record_attempts(held)
    settle_jobs(sorted({outcome.item.job_id for outcome in outcomes}))
    return held


def _ending(outcome: Outcome, now: datetime, rules: Policies) -> dict[str, Any]:
    """The row of `news` in `_END`."""
    state, again_at = _verdict(outcome, now, rules)
    return {
        "item_id": outcome.item.pk,
        "attempts": outcome.item.attempts,
        "state": str(state),
        "not_before": again_at,
        "cause": outcome.trace.cause,
        "detail": outcome.detail[:300],
        "result": _result(outcome),
    }


def _verdict(outcome: Outcome, now: datetime, rules: Policies) -> tuple[str, datetime | None]:
    if outcome.ok:
        return JobItem.State.OK, None
    if outcome.trace.cause == causes.EXPIRED:
        return JobItem.State.EXPIRED, None
    policy = rules.of(outcome.item.job.utility_id, outcome.trace.cause)
    again_in = wait(policy, outcome.item.attempts - outcome.item.attempts_before)
    if again_in is None:
        return JobItem.State.FAILED, None
    again_at = now + again_in
    if again_at >= outcome.item.job.expires_at:
        return JobItem.State.FAILED, None
    return JobItem.State.WAITING, again_at


def _result(outcome: Outcome) -> dict[str, Any]:
    """What the live page shows of a session: counts, clock offset and the registers, for a person to see at once."""
    readings = outcome.readings
    return {
        "rows": sum(int(rows.at.size) for rows in readings.profiles),
        "events": sum(len(log.entries) for log in readings.logs),
        "refused": outcome.refused,
        "clock_offset_s": readings.clock_offset_s,
        "registers": [
            {"obis": str(r.obis), "value": r.value, "scaler": r.scaler, "unit": r.unit, "at": r.at}
            for r in readings.registers
        ],
        **readings.identification,
    }


def _record_attempts(outcomes: Sequence[Outcome]) -> None:
    """One statement for all of them; a model instance only for those whose frames are kept."""
    told = orjson.dumps([_attempt(outcome) for outcome in outcomes]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_ATTEMPTS, {"told": told})
        ids = dict(cursor.fetchall())
    keep(
        (Attempt(pk=ids[outcome.item.pk], item=outcome.item), outcome.trace.recording)
        for outcome in outcomes
        if outcome.trace.recording is not None
    )


def _attempt(outcome: Outcome) -> dict[str, Any]:
    """The row of `told` in `_ATTEMPTS`."""
    trace = outcome.trace
    return {
        "item_id": outcome.item.pk,
        "number": outcome.item.attempts,
        "started_at": trace.started_at,
        "duration_s": round(trace.seconds, 4),
        "address": trace.address,
        "cause": trace.cause,
        "detail": outcome.detail[:300],
        "steps": [
            {"name": step.name, "seconds": round(step.seconds, 4), "octets": step.octets, "note": step.note}
            for step in trace.steps
        ],
        "bytes_sent": trace.sent,
        "bytes_received": trace.received,
    }
