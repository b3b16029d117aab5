"""What a contact teaches about the device: layouts, read marks, gaps tried, last contact."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from devices.models import Device, ProfileLayout
from headend.knowledge import column_to_json
from headend.models import Gap, ReadMark
from headend.storing.outcome import Outcome

GAP_TRIES = 3

_CONTACTS = """
UPDATE devices_contact contact
SET last_contact_at = CASE WHEN news.heard THEN news.at ELSE contact.last_contact_at END,
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


def store_layouts(outcomes: Sequence[Outcome]) -> None:
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


def store_marks(outcomes: Sequence[Outcome]) -> None:
    """Remember how far each buffer was read: the newest row or entry received."""
    newest: dict[tuple[int, str], datetime] = {}
    for outcome in outcomes:
        for obis, until in _read_until(outcome):
            key = (outcome.item.device_id, obis)
            newest[key] = max(until, newest.get(key, until))
    known = {(pk, str(obis)): at for outcome in outcomes for pk, obis, at in _known_marks(outcome)}
    rows = [
        ReadMark(device_id=device_id, obis=obis, until=until)
        for (device_id, obis), until in newest.items()
        if until > known.get((device_id, obis), datetime.min.replace(tzinfo=UTC))
    ]
    ReadMark.objects.bulk_create(rows, update_conflicts=True, unique_fields=["device", "obis"], update_fields=["until"])


def store_gaps(outcomes: Sequence[Outcome]) -> None:
    """Count a try for every gap a good session asked for; what stays missing too often is not held by the meter."""
    asked = [outcome for outcome in outcomes if outcome.ok and outcome.item.job.kind == "gaps"]
    if not asked:
        return
    tried = Gap.objects.filter(device__in=[outcome.item.device_id for outcome in asked], state=Gap.State.OPEN)
    tried.update(tries=F("tries") + 1, tried_at=timezone.now())
    tried.filter(tries__gte=GAP_TRIES).update(state=Gap.State.NOT_HELD)


def note_contacts(outcomes: Sequence[Outcome], owner: str) -> None:
    """Update contacts and free the sessions; firmware where it was read."""
    parameters: dict[str, Any] = {
        "owner": owner,
        "ids": [outcome.item.device_id for outcome in outcomes],
        "heard": [outcome.ok or outcome.trace.received > 0 for outcome in outcomes],
        "at": [outcome.trace.started_at for outcome in outcomes],
        "reading_at": [_newest_row(outcome) for outcome in outcomes],
        "offsets": [outcome.readings.clock_offset_s for outcome in outcomes],
        "causes": [outcome.trace.cause for outcome in outcomes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, parameters)
    _note_firmware(outcomes)
    good = [outcome.item.device_id for outcome in outcomes if outcome.ok]
    Device.objects.filter(pk__in=good, state=Device.State.INSTALLED).update(state=Device.State.IN_OPERATION)


def _note_firmware(outcomes: Sequence[Outcome]) -> None:
    """New firmware may bring other columns and scalers: layouts read before this contact are forgotten."""
    changed, changed_at = [], min(outcome.trace.started_at for outcome in outcomes)
    for outcome in outcomes:
        firmware = outcome.readings.identification.get("firmware")
        if firmware and firmware != outcome.item.device.firmware:
            outcome.item.device.firmware = firmware[:60]
            changed.append(outcome.item.device)
    if changed:
        Device.objects.bulk_update(changed, ["firmware"])
        ProfileLayout.objects.filter(device__in=changed, read_at__lt=changed_at).delete()


def _read_until(outcome: Outcome) -> Iterator[tuple[str, datetime]]:
    for rows in outcome.readings.profiles:
        if rows.at.size and outcome.item.job.kind != "gaps":
            yield str(rows.layout.obis), datetime.fromtimestamp(int(rows.at.max()), UTC)
    for log in outcome.readings.logs:
        if log.entries:
            yield str(log.stretch.obis), max(entry.at for entry in log.entries)


def _known_marks(outcome: Outcome) -> Iterator[tuple[int, object, datetime]]:
    if outcome.known is not None:
        for obis, until in outcome.known.marks.items():
            yield outcome.item.device_id, obis, until


def _newest_row(outcome: Outcome) -> datetime | None:
    newest = [int(rows.at.max()) for rows in outcome.readings.profiles if rows.at.size]
    return datetime.fromtimestamp(max(newest), UTC) if newest else None
