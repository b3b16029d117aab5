"""Recording what devices logged or reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from events.catalogue import CATALOGUE
from events.models import Event


@dataclass(frozen=True, slots=True)
class Reported:
    """One log entry on its way in; `kind` is its key in the catalogue."""

    device_id: int
    metering_point_id: int | None
    log: str
    at: datetime
    code: int
    ordinal: int
    kind: str
    details: Mapping[str, int | str]


def record_events(entries: Sequence[Reported]) -> None:
    """Store entries, each once: one that is known already (same device, log, time, code, ordinal) changes nothing."""
    now = timezone.now()
    Event.objects.bulk_create((_row(entry, now) for entry in entries), batch_size=2000, ignore_conflicts=True)


def _row(entry: Reported, now: datetime) -> Event:
    described = CATALOGUE[entry.kind]
    return Event(
        device_id=entry.device_id,
        metering_point_id=entry.metering_point_id,
        log=entry.log,
        at=entry.at,
        code=entry.code,
        ordinal=entry.ordinal,
        kind=entry.kind,
        category=described.category,
        severity=described.severity,
        details=dict(entry.details),
        received_at=now,
    )
