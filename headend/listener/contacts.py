"""That a device was heard, and how far its profiles have come.

A push says nothing about whether the device can be reached, so failures of readings stay. Pushed events move no mark:
others lie between.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection

from devices.life_cycle import KEYS_REFUSED
from devices.models import Device
from devices.services.life_cycle import heard
from headend.storing.outcome import Outcome
from headend.storing.placing import read_until

_HEARD = """
UPDATE devices_contact contact
SET last_contact_at = greatest(contact.last_contact_at, to_timestamp(news.at)),
    last_reading_at = greatest(contact.last_reading_at, to_timestamp(news.reading_at))
FROM unnest(%(ids)s::bigint[], %(at)s::float8[], %(reading_at)s::bigint[]) AS news(device_id, at, reading_at)
WHERE contact.device_id = news.device_id
"""

_MOVE = """
INSERT INTO headend_readmark AS mark (device_id, obis, until)
SELECT device_id, obis, to_timestamp(until) FROM unnest(%(ids)s::bigint[], %(obis)s::text[], %(until)s::bigint[])
     AS news(device_id, obis, until)
ON CONFLICT (device_id, obis) DO UPDATE SET until = excluded.until
WHERE mark.until < excluded.until OR mark.until > %(now)s
"""


def note_heard(outcomes: Sequence[Outcome]) -> None:
    """Move the last contact and the last reading on; what was only installed, or silent, is in operation now."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.item.device_id)
    reached = [list(_reached(outcome)) for outcome in ordered]
    news: dict[str, Any] = {
        "ids": [outcome.item.device_id for outcome in ordered],
        "at": [outcome.trace.started_at.timestamp() for outcome in ordered],
        "reading_at": [max([until for _, until in each], default=None) for each in reached],
    }
    heard(each.item.device_id for each in ordered if _begins(each.item.device))  # before contacts, as sessions do
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, news)
    _move_marks(ordered, reached)


def _begins(device: Device) -> bool:
    """Whether a push brings the device into operation; not where it refuses its keys when it is read."""
    silent = device.state == Device.State.ERROR and device.error_reason != KEYS_REFUSED
    return silent or device.state == Device.State.INSTALLED


def _reached(outcome: Outcome) -> Iterator[tuple[str, int]]:
    """Of each profile its newest row that found a place, none from the future: see `read_until`."""
    for rows in outcome.readings.profiles:
        until = read_until(outcome, rows.at)
        if until is not None:
            yield _name(rows.layout.obis), until


def _move_marks(outcomes: Sequence[Outcome], reached: Sequence[Sequence[tuple[str, int]]]) -> None:
    """Marks only move on; one that lies ahead of the newest message is put right, as `store_marks` does."""
    newest: dict[tuple[int, str], int] = {}
    for outcome, each in zip(outcomes, reached, strict=True):
        for obis, until in each:
            key = outcome.item.device_id, obis
            newest[key] = max(until, newest.get(key, until))
    if not newest:
        return
    keys = sorted(newest)
    marks: dict[str, Any] = {
        "ids": [device_id for device_id, _ in keys],
        "obis": [obis for _, obis in keys],
        "until": [newest[key] for key in keys],
        "now": max(outcome.trace.started_at for outcome in outcomes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, marks)


_name = lru_cache(maxsize=1024)(str)
"""Of a logical name as people write it: the same few in all messages."""
