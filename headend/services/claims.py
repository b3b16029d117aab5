"""Claiming items, and reserving the invocation counters of their sessions; `leases` says how they are held.

An item and the session of its device are leased in one statement. Rows another worker looks at are skipped, so any
number of workers may claim at once; a device that is being read is not claimed for another job. A slave meter is read
in a session with its master, so master and slaves share one session: the contact of the master holds it for them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from headend.drivers.base import COUNTERS_PER_SESSION
from headend.models import JobItem
from headend.models.job import Priority
from headend.wake import ON_DEMAND
from protocols.dlms.keys import MAX_COUNTER
from protocols.errors import Cause, LocalProtocolError

LEASE = timedelta(seconds=45)

# Every waiting item in turn is asked for its device. OFFSET 0 keeps the planner from joining whole tables instead,
# which takes seconds where more segments are full than it believes.
_CALLED = """
    CROSS JOIN LATERAL (
        SELECT coalesce(device.master_id, device.id) AS id, device.master_id, device.concentrator_id, device.cell,
               device.apn
        FROM devices_device device WHERE device.id = item.device_id OFFSET 0
    ) called
"""
# Devices of full segments are passed over; behind a concentrator cell and APN are those of the concentrator.
_ELSEWHERE = """
      AND NOT CASE
          WHEN called.master_id IS NOT NULL THEN (
              SELECT coalesce(way.serial_number, '') = ANY(%(concentrator)s)
                     OR coalesce(way.cell, master.cell) = ANY(%(cell)s) OR coalesce(way.apn, master.apn) = ANY(%(apn)s)
              FROM devices_device master LEFT JOIN LATERAL (
                  SELECT serial_number, cell, apn FROM devices_device WHERE id = master.concentrator_id OFFSET 0
              ) way ON true
              WHERE master.id = called.master_id)
          WHEN called.concentrator_id IS NOT NULL THEN (
              SELECT way.serial_number = ANY(%(concentrator)s) OR way.cell = ANY(%(cell)s) OR way.apn = ANY(%(apn)s)
              FROM devices_device way WHERE way.id = called.concentrator_id)
          ELSE called.cell = ANY(%(cell)s) OR called.apn = ANY(%(apn)s)
      END
"""

_CLAIM = """
WITH picked AS (
    SELECT item.id, contact.device_id AS spoken_to, item.priority, contact.last_attempt_at
    FROM headend_jobitem item
    JOIN headend_job job ON job.id = item.job_id
    {called}
    JOIN devices_contact contact ON contact.device_id = called.id
    WHERE item.state = 'waiting' AND item.priority BETWEEN %(low)s AND %(high)s AND item.not_before <= %(now)s
      AND job.state = 'running' AND job.expires_at > %(now)s
      AND (contact.session_until IS NULL OR contact.session_until < %(now)s)
      AND NOT EXISTS (
          SELECT 1 FROM headend_jobitem busy WHERE busy.device_id = item.device_id AND busy.state = 'running')
      {elsewhere}
    ORDER BY item.priority DESC, item.not_before, item.id
    LIMIT %(limit)s
    FOR UPDATE OF item, contact SKIP LOCKED
), chosen AS (
    SELECT DISTINCT ON (spoken_to) id, spoken_to, last_attempt_at FROM picked ORDER BY spoken_to, priority DESC, id
), leased AS (
    UPDATE headend_jobitem item
    SET state = 'running', lease_owner = %(owner)s, lease_until = %(until)s, attempts = attempts + 1,
        started_at = coalesce(started_at, %(now)s), step = ''
    FROM chosen WHERE item.id = chosen.id
    RETURNING item.id, chosen.spoken_to, chosen.last_attempt_at AS tried_at
)
UPDATE devices_contact contact
SET session_owner = %(owner)s, session_until = %(until)s, last_attempt_at = %(now)s,
    next_counter = next_counter + %(counters)s
FROM leased WHERE contact.device_id = leased.spoken_to
RETURNING leased.id, contact.next_counter - %(counters)s, leased.tried_at
"""

_ANY = _CLAIM.format(called=_CALLED, elsewhere="")
_PASSING_OVER = _CLAIM.format(called=_CALLED, elsewhere=_ELSEWHERE)

_RESERVE = """
UPDATE devices_contact SET next_counter = greatest(next_counter, %(minimum)s) + %(counters)s
WHERE device_id = %(device)s RETURNING next_counter - %(counters)s
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An item held by this worker and the first invocation counter reserved for its session.

    `last_attempt_at` is when the device, or the master of a slave meter, was tried before.
    """

    item: JobItem
    first_counter: int
    last_attempt_at: datetime | None = None


def claim(*, queue: str, owner: str, limit: int, full: Mapping[str, Sequence[str]] | None = None) -> list[Claim]:
    """Lease up to `limit` waiting items of `queue`, the most urgent first, at most one per device spoken to.

    `full`: names of network segments by kind whose devices are passed over.
    """
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
    for kind in ("concentrator", "cell", "apn"):
        parameters[kind] = list(full.get(kind, ())) if full else []
    with connection.cursor() as cursor:
        cursor.execute(_PASSING_OVER if full else _ANY, parameters)
        leased = {item_id: (counter, tried_at) for item_id, counter, tried_at in cursor.fetchall()}
    if not leased:
        return []
    items = JobItem.objects.filter(pk__in=leased).select_related(
        "job", "device__model", "device__utility", "device__contact", "device__concentrator__model",
        "device__master__model", "device__master__concentrator__model",
    )  # fmt: skip
    return [Claim(item, *leased[item.pk]) for item in items.order_by("-priority", "id")]


def reserve_counters(*, device_id: int, minimum: int) -> int:
    """Reserve the counters of one session, none below `minimum`; returns the first. For a meter that is ahead of us.

    LocalProtocolError (COUNTER_EXHAUSTED), and nothing reserved, for a `minimum` that four octets do not hold.
    """
    if minimum > MAX_COUNTER:
        raise LocalProtocolError(Cause.COUNTER_EXHAUSTED, f"there is no invocation counter above {MAX_COUNTER}")
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, {"device": device_id, "minimum": minimum, "counters": COUNTERS_PER_SESSION})
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
