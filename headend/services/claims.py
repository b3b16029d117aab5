"""Claiming items, holding them, and giving back what a dead worker held.

An item and the session of its device are leased in one statement. Rows another worker looks at are skipped, so any
number of workers may claim at once; a device that is being read is not claimed for another job.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from devices.models import Contact
from headend import causes
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import settle_jobs
from headend.wake import ON_DEMAND

LEASE = timedelta(seconds=45)

_CLAIM = """
WITH picked AS (
    SELECT item.id, item.device_id, item.priority
    FROM headend_jobitem item
    JOIN headend_job job ON job.id = item.job_id
    JOIN devices_contact contact ON contact.device_id = item.device_id
    WHERE item.state = 'waiting' AND item.priority BETWEEN %(low)s AND %(high)s AND item.not_before <= %(now)s
      AND job.expires_at > %(now)s AND (contact.session_until IS NULL OR contact.session_until < %(now)s)
      AND NOT EXISTS (
          SELECT 1 FROM headend_jobitem busy WHERE busy.device_id = item.device_id AND busy.state = 'running')
    ORDER BY item.priority DESC, item.not_before, item.id
    LIMIT %(limit)s
    FOR UPDATE OF item, contact SKIP LOCKED
), chosen AS (
    SELECT DISTINCT ON (device_id) id FROM picked ORDER BY device_id, priority DESC, id
), leased AS (
    UPDATE headend_jobitem item
    SET state = 'running', lease_owner = %(owner)s, lease_until = %(until)s, attempts = attempts + 1,
        started_at = coalesce(started_at, %(now)s), step = ''
    FROM chosen WHERE item.id = chosen.id
    RETURNING item.id, item.device_id
)
UPDATE devices_contact contact
SET session_owner = %(owner)s, session_until = %(until)s, last_attempt_at = %(now)s,
    next_counter = next_counter + %(counters)s
FROM leased WHERE contact.device_id = leased.device_id
RETURNING leased.id, contact.next_counter - %(counters)s
"""

_RESERVE = """
UPDATE devices_contact SET next_counter = greatest(next_counter, %(minimum)s) + %(counters)s
WHERE device_id = %(device)s RETURNING next_counter - %(counters)s
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An item held by this worker and the first invocation counter reserved for its session."""

    item: JobItem
    first_counter: int


def claim(*, queue: str, owner: str, limit: int) -> list[Claim]:
    """Lease up to `limit` waiting items of `queue`, the most urgent first, at most one per device."""
    on_demand = queue == ON_DEMAND
    parameters: dict[str, Any] = {
        "now": timezone.now(),
        "low": Priority.ON_DEMAND if on_demand else 0,
        "high": 32_767 if on_demand else Priority.ON_DEMAND - 1,
        "limit": limit,
        "owner": owner,
        "until": timezone.now() + LEASE,
        "counters": COUNTERS_PER_SESSION,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, parameters)
        counters = dict(cursor.fetchall())
    if not counters:
        return []
    items = JobItem.objects.filter(pk__in=counters).select_related(
        "job", "device__model", "device__utility", "device__contact"
    )
    return [Claim(item, counters[item.pk]) for item in items.order_by("-priority", "id")]


def reserve_counters(*, device_id: int, minimum: int) -> int:
    """Reserve the counters of one session, none below `minimum`; returns the first. For a meter that is ahead of us."""
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, {"device": device_id, "minimum": minimum, "counters": COUNTERS_PER_SESSION})
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


@transaction.atomic
def keep(*, owner: str, item_ids: list[int]) -> None:
    """Renew the leases of sessions under way."""
    until = timezone.now() + LEASE
    held = JobItem.objects.filter(pk__in=item_ids, lease_owner=owner, state=JobItem.State.RUNNING)
    devices = list(held.order_by("pk").values_list("device_id", flat=True))
    held.update(lease_until=until)
    Contact.objects.filter(device_id__in=devices, session_owner=owner).update(session_until=until)


def note_step(*, owner: str, item_id: int, step: str) -> None:
    """What the session of an item is doing now, for the person who waits for it."""
    JobItem.objects.filter(pk=item_id, lease_owner=owner, state=JobItem.State.RUNNING).update(step=step[:60])


@transaction.atomic
def give_back(*, owner: str) -> int:
    """A worker that ends in good order lets its unfinished items wait again at once."""
    held = JobItem.objects.filter(lease_owner=owner, state=JobItem.State.RUNNING)
    count = held.update(state=JobItem.State.WAITING, lease_owner="", lease_until=None, attempts=F("attempts") - 1)
    Contact.objects.filter(session_owner=owner).update(session_owner="", session_until=None)
    return count


@transaction.atomic
def sweep() -> int:
    """Let items of dead workers wait again, and end what expired. Returns how many rows that were.

    Safe to run twice at once: every row is changed by one conditional statement.
    """
    now = timezone.now()
    lost = _cause(causes.WORKER_LOST)
    dead = JobItem.objects.filter(state=JobItem.State.RUNNING, lease_until__lt=now)
    spent = F("attempts_before") + causes.rule(causes.WORKER_LOST).attempts
    failed = dead.filter(attempts__gte=spent).update(state=JobItem.State.FAILED, finished_at=now, **_FREE, **lost)
    freed = dead.update(state=JobItem.State.WAITING, not_before=now, **_FREE, **lost)
    late = JobItem.objects.filter(state=JobItem.State.WAITING, job__expires_at__lt=now)
    expired = late.update(state=JobItem.State.EXPIRED, finished_at=now, **_cause(causes.EXPIRED, keep_last=True))
    settle_jobs(list(Job.objects.filter(finished_at__isnull=True).values_list("pk", flat=True)))
    return failed + freed + expired


_FREE: dict[str, Any] = {"lease_owner": "", "lease_until": None, "step": ""}


def _cause(cause: str, *, keep_last: bool = False) -> dict[str, Any]:
    """Sets the first cause where there is none, and the last; `keep_last` leaves a last cause that says more."""
    given = Value(cause)
    first = Case(When(first_cause="", then=given), default=F("first_cause"))
    last = Case(When(last_cause="", then=given), default=F("last_cause")) if keep_last else given
    return {"first_cause": first, "last_cause": last}
