"""Recording what devices logged or reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.utils import timezone

from events.catalogue import CATALOGUE

AT_ONCE = 2_000

_COLUMNS = (
    ("device_id", "bigint"), ("metering_point_id", "bigint"), ("log", "text"), ("at", "timestamptz"),
    ("code", "integer"), ("ordinal", "smallint"), ("kind", "text"), ("category", "text"), ("severity", "smallint"),
    ("details", "jsonb"),
)  # fmt: skip
_NAMES = ", ".join(name for name, _type in _COLUMNS)
_RECORD = f"""
WITH new AS (
    INSERT INTO events_event ({_NAMES}, received_at, comment)
    SELECT {_NAMES}, %s, '' FROM unnest({", ".join(f"%s::{kind}[]" for _name, kind in _COLUMNS)}) AS told({_NAMES})
    ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO events_eventnews (event_id) SELECT id FROM new
"""  # noqa: S608 - only names of this file


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


def record_events(entries: Sequence[Reported]) -> int:
    """Store entries, each once, and how many were new.

    One that is known already (same device, log, time, code, ordinal) changes nothing. A new one is news to outages and
    alarm rules in the same statement, so none is ever looked at twice or not at all.
    """
    now = timezone.now()
    return sum(_record(entries[i : i + AT_ONCE], now) for i in range(0, len(entries), AT_ONCE))


def _record(entries: Sequence[Reported], now: datetime) -> int:
    columns = zip(*map(_row, entries), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [now, *map(list, columns)])
        new: int = cursor.rowcount
    return new


def _row(entry: Reported) -> tuple[object, ...]:
    described = CATALOGUE[entry.kind]
    return (
        entry.device_id, entry.metering_point_id, entry.log, entry.at, entry.code, entry.ordinal, entry.kind,
        described.category, described.severity, Jsonb(dict(entry.details)),
    )  # fmt: skip
