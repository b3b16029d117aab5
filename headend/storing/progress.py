"""What a contact teaches about the device: layouts, identification, last contact."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from devices.models import Device, ProfileLayout
from devices.services.life_cycle import heard
from headend.knowledge import column_to_json
from headend.storing.marks import newest_row
from headend.storing.outcome import Outcome, Remark

FIRMWARE_LENGTH = 60

_CONTACTS = """
UPDATE devices_contact contact
SET last_attempt_at = greatest(contact.last_attempt_at, news.at),
    last_contact_at = CASE WHEN news.heard THEN news.at ELSE contact.last_contact_at END,
    last_reading_at = greatest(contact.last_reading_at, news.reading_at),
    clock_offset_s = coalesce(news.clock_offset_s, contact.clock_offset_s),
    failures = CASE WHEN news.cause = '' THEN 0 ELSE contact.failures + 1 END,
    cause = news.cause,
    session_owner = CASE WHEN contact.session_owner = %(owner)s THEN '' ELSE contact.session_owner END,
    session_until = CASE WHEN contact.session_owner = %(owner)s THEN NULL ELSE contact.session_until END
FROM unnest(%(ids)s::bigint[], %(heard)s::boolean[], %(at)s::timestamptz[], %(reading_at)s::timestamptz[],
            %(offsets)s::float8[], %(causes)s::text[])
     AS news(device_id, heard, at, reading_at, clock_offset_s, cause)
WHERE contact.device_id = news.device_id
"""


_FREE_MASTERS = """
UPDATE devices_contact SET session_owner = '', session_until = NULL
WHERE device_id = ANY(%(masters)s) AND session_owner = %(owner)s
"""


def store_layouts(outcomes: Sequence[Outcome]) -> tuple[Remark, ...]:
    """Keep the layouts meters gave, replacing what was known of them."""
    now = timezone.now()
    rows = [
        ProfileLayout(
            device_id=outcome.item.device_id,
            obis=str(layout.obis),
            interval_s=layout.interval_s,
            columns=[column_to_json(column) for column in layout.columns],
            read_at=now,
        )
        for outcome in outcomes
        for layout in outcome.readings.layouts
    ]
    ProfileLayout.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["device", "obis"],
        update_fields=["interval_s", "columns", "read_at"],
    )
    return ()


def note_contacts(outcomes: Sequence[Outcome], owner: str) -> None:
    """Update contacts and free the sessions of items this worker held, of slave meters those with their masters."""
    if not outcomes:
        return
    parameters: dict[str, Any] = {
        "owner": owner,
        "ids": [outcome.item.device_id for outcome in outcomes],
        "heard": [outcome.ok or outcome.trace.received > 0 for outcome in outcomes],
        "at": [outcome.trace.started_at for outcome in outcomes],
        "reading_at": [newest_row(outcome) for outcome in outcomes],
        "masters": [each.item.device.master_id for each in outcomes if each.item.device.master_id],
        "offsets": [outcome.readings.clock_offset_s for outcome in outcomes],
        "causes": [outcome.trace.cause for outcome in outcomes],
    }
    heard(outcome.item.device_id for outcome in outcomes if outcome.ok)  # devices are locked before their contacts
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, parameters)
        if parameters["masters"]:
            cursor.execute(_FREE_MASTERS, parameters)


def note_identification(outcomes: Sequence[Outcome]) -> tuple[Remark, ...]:
    """Keep the firmware meters told. A new one may bring other columns and scalers: layouts read before this contact
    are forgotten.
    """
    changed: list[Device] = []
    for outcome in outcomes:
        firmware = outcome.readings.identification.get("firmware", "")[:FIRMWARE_LENGTH]
        if firmware and firmware != outcome.item.device.firmware:
            changed.append(Device(pk=outcome.item.device_id, firmware=firmware))
    if changed:
        changed_at = min(outcome.trace.started_at for outcome in outcomes)
        Device.objects.bulk_update(changed, ["firmware"])
        ProfileLayout.objects.filter(device__in=changed, read_at__lt=changed_at).delete()
    return ()
