"""Items that were claimed and got no permit wait again, as if nobody had touched them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from headend.drivers.base import COUNTERS_PER_SESSION
from headend.services.claims import Claim
from headend.steps import WAITS_FOR_SEGMENT

MOMENT_S = 1.0
"""So long an item waits for its segment before it is looked at again, give or take a half."""

_ITEMS = """
WITH held AS (
    SELECT id FROM headend_jobitem
    WHERE id = ANY(%(items)s) AND lease_owner = %(owner)s AND state = 'running'
    ORDER BY id FOR UPDATE
)
UPDATE headend_jobitem item
SET state = 'waiting', attempts = attempts - 1, step = %(step)s, lease_owner = '', lease_until = NULL,
    started_at = CASE WHEN attempts > 1 THEN started_at END,
    not_before = %(now)s + make_interval(secs => %(moment)s * (0.5 + random()))
FROM held WHERE item.id = held.id
"""
# The counters go back where nobody reserved others since: none of them was sent, and a key has only so many.
_CONTACTS = """
UPDATE devices_contact contact
SET session_owner = '', session_until = NULL, last_attempt_at = back.tried_at,
    next_counter = CASE WHEN next_counter = back.first + %(counters)s THEN back.first ELSE next_counter END
FROM unnest(%(devices)s::bigint[], %(firsts)s::bigint[], %(tried)s::timestamptz[]) AS back(device_id, first, tried_at)
WHERE contact.device_id = back.device_id AND contact.session_owner = %(owner)s
"""


@transaction.atomic
def wait_for_segment(claims: Sequence[Claim], *, owner: str) -> None:
    """Let these items of `owner` wait a moment. No attempt is counted, and no invocation counter used."""
    parameters: dict[str, Any] = {
        "items": [each.item.pk for each in claims],
        "owner": owner,
        "step": WAITS_FOR_SEGMENT,
        "now": timezone.now(),
        "moment": MOMENT_S,
        "counters": COUNTERS_PER_SESSION,
        "devices": [each.item.device.spoken_to.pk for each in claims],
        "firsts": [each.first_counter for each in claims],
        "tried": [each.last_attempt_at for each in claims],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, parameters)
        cursor.execute(_CONTACTS, parameters)
