"""That a device was heard. A push says nothing about whether it can be reached, so failures of readings stay."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from devices.models import Device
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
    """Move the last contact and the last reading on; what was only installed is in operation from now on."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.item.device_id)
    news: dict[str, Any] = {
        "ids": [outcome.item.device_id for outcome in ordered],
        "at": [outcome.trace.started_at for outcome in ordered],
        "reading_at": [newest_row(outcome) for outcome in ordered],
    }
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, news)
    waiting = [each.item.device_id for each in ordered if each.item.device.state == Device.State.INSTALLED]
    if waiting:
        Device.objects.filter(pk__in=waiting, state=Device.State.INSTALLED).update(state=Device.State.IN_OPERATION)
