"""The life of gaps. Comparing moves their state, sessions only count.

found missing: OPEN · nothing missing any more: FILLED · still missing after `GAP_TRIES` good sessions: NOT_HELD ·
missing again, or smaller than it was: OPEN with tries of its own, so reading goes on as long as it brings something.
A gap is known by where it starts; one that only grows stays what it was.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from headend import kinds
from headend.missing import Missing
from headend.models import Gap, ReadMark
from headend.storing.outcome import Outcome

GAP_TRIES = 3
AGAIN_AFTER = timedelta(minutes=30)
"""A gap is asked for again after so long, after twice as long the next time, and so on."""
LONGEST_WAIT = timedelta(days=1)

_FOUND = """
INSERT INTO headend_gap AS gap (device_id, obis, starts_at, ends_at, state, tries, asked, found_at)
SELECT device_id, obis, to_timestamp(start), to_timestamp(behind), 'open', 0, 0, %(now)s
FROM unnest(%(of)s::bigint[], %(in)s::text[], %(starts)s::bigint[], %(ends)s::bigint[])
     AS found(device_id, obis, start, behind)
ON CONFLICT (device_id, obis, starts_at) DO UPDATE
SET ends_at = excluded.ends_at,
    state = CASE WHEN {anew} THEN 'open' WHEN gap.tries >= %(most)s THEN 'not_held' ELSE gap.state END,
    tries = CASE WHEN {anew} THEN 0 ELSE gap.tries END,
    asked = CASE WHEN {anew} THEN 0 ELSE gap.asked END,
    found_at = CASE WHEN gap.state = 'filled' THEN excluded.found_at ELSE gap.found_at END
WHERE gap.ends_at <> excluded.ends_at OR gap.state = 'filled' OR (gap.state = 'open' AND gap.tries >= %(most)s)
""".format(anew="gap.state = 'filled' OR excluded.ends_at < gap.ends_at")

_ASKED = """
UPDATE headend_gap gap
SET asked = gap.asked + 1, tries = gap.tries + plan.good::integer, tried_at = %(now)s,
    again_at = %(now)s + least(%(longest)s, %(wait)s * 2 ^ least(gap.asked, 16))
FROM unnest(%(devices)s::bigint[], %(obis)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[],
            %(good)s::boolean[]) AS plan(device_id, obis, starts_at, ends_at, good)
WHERE gap.state = 'open' AND gap.device_id = plan.device_id AND gap.obis = plan.obis
  AND gap.starts_at >= plan.starts_at AND gap.ends_at <= plan.ends_at
"""


@transaction.atomic
def update_gaps(marks: Sequence[ReadMark], missing: Missing, *, since: datetime) -> None:
    """Bring the gaps of these profiles, those that are watched, in line with what is missing of them now."""
    of = [marks[row] for row in missing.profiles.tolist()]
    found: dict[str, Any] = {
        "of": [mark.device_id for mark in of],
        "in": [mark.obis for mark in of],
        "starts": missing.starts.tolist(),
        "ends": missing.ends.tolist(),
    }
    _lock([mark.device_id for mark in marks])
    _fill(marks, set(zip(found["of"], found["in"], found["starts"], strict=True)), since)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, found | {"now": timezone.now(), "most": GAP_TRIES})


def _fill(marks: Sequence[ReadMark], found: set[tuple[int, str, int]], since: datetime) -> None:
    """Close the gaps of which nothing is missing any more; `found`: device, profile and start of what is missing."""
    profiles = {(mark.device_id, mark.obis) for mark in marks}
    watched = Gap.objects.filter(Gap.watched(since), device__in=[mark.device_id for mark in marks])
    rows = watched.values_list("pk", "device_id", "obis", "starts_at")
    filled = [
        pk
        for pk, device, obis, starts_at in rows
        if (device, obis) in profiles and (device, obis, int(starts_at.timestamp())) not in found
    ]
    if filled:
        Gap.objects.filter(pk__in=filled).update(state=Gap.State.FILLED)


def store_gaps(outcomes: Sequence[Outcome]) -> None:
    """Count the session for every gap it was to ask for; the next session asks later, also when this one failed."""
    planned = [row for outcome in outcomes if outcome.item.job.kind == kinds.GAPS.code for row in _planned(outcome)]
    if not planned:
        return
    devices, obis, starts, ends, good = map(list, zip(*planned, strict=True))
    plan: dict[str, Any] = {"devices": devices, "obis": obis, "starts": starts, "ends": ends, "good": good}
    _lock(devices)
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, plan | {"wait": AGAIN_AFTER, "longest": LONGEST_WAIT, "now": timezone.now()})


def _planned(outcome: Outcome) -> Iterator[tuple[int, str, datetime, datetime, bool]]:
    """Device, profile, start, end (excluded) of what the session was to ask for, and whether it went well.

    A session that could not even be planned was to ask for everything that is open.
    """
    device_id = outcome.item.device_id
    if outcome.known is None:
        for gap in Gap.objects.filter(device=device_id, state=Gap.State.OPEN):
            yield device_id, gap.obis, gap.starts_at, gap.ends_at, False
        return
    for stretch in outcome.known.gaps:
        yield device_id, str(stretch.obis), stretch.start, stretch.end + timedelta(seconds=1), outcome.ok


def _lock(devices: Sequence[int]) -> None:
    """Gaps are locked by id, by sessions and by the comparison: in one order nobody waits in a circle."""
    rows = Gap.objects.filter(device__in=devices).exclude(state=Gap.State.FILLED).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
