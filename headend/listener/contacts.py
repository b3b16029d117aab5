"""That a device was heard. A push says nothing about whether it can be reached, so failures of readings stay."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from devices.life_cycle import KEYS_REFUSED
from devices.models import Device
from devices.services.life_cycle import heard
from headend.storing.marks import newest_row
from headend.storing.outcome import Outcome

_HEARD = """
UPDATE devices_contact contact
SET last_contact_at = greatest(contact.last_contact_at, news.at),
    last_reading_at = greatest(contact.last_reading_at, news.reading_at)
FROM unnest(%(ids)s::bigint[], %(at)s::timestamptz[], %(reading_at)s::timestamptz[]) AS news(device_id, at, reading_at)
WHERE contact.device_id = news.device_id
"""


def note_heard(outcomes: Sequence[Outcome]) -> None:
    """Move the last contact and the last reading on; what was only installed, or silent, is in operation now."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.item.device_id)
    news: dict[str, Any] = {
        "ids": [outcome.item.device_id for outcome in ordered],
        "at": [outcome.trace.started_at for outcome in ordered],
        "reading_at": [newest_row(outcome) for outcome in ordered],
    }
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, news)
    heard(each.item.device_id for each in ordered if _begins(each.item.device))


def _begins(device: Device) -> bool:
    """Whether a push brings the device into operation; not where it refuses its keys when it is read."""
    silent = device.state == Device.State.ERROR and device.error_reason != KEYS_REFUSED
    return silent or device.state == Device.State.INSTALLED
