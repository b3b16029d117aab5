"""The audit trail: an insert-only table whose rows are chained by hash.

Each record hashes its own content together with the hash of the record before it, so changing, removing or inserting
a record in the past breaks every later link. `verify` walks the chain. Whoever rebuilds all of it or cuts off its end
is found by the signed checkpoints (`access.checkpoints`).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from access.models import AuditCheckpoint, AuditRecord, User, Utility
from aim.action import action_id

GENESIS = "0" * 64
_CHAIN_LOCK = 0x0A1D17  # advisory lock: one writer extends the chain at a time


def record(
    verb: str,
    summary: str,
    *,
    user: User | None = None,
    utility: Utility | None = None,
    target: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditRecord:
    """Append one record to the chain, in the caller's transaction."""
    entry = AuditRecord(
        at=timezone.now(),
        action=action_id.get(),
        username=user.username if user else "",
        utility_code=utility.code if utility else "",
        verb=verb,
        object_type=target._meta.label_lower if target else "",
        object_id=str(target.pk) if target else "",
        summary=summary[:300],
        details=dict(details or {}),
    )
    with transaction.atomic():
        _lock_chain()
        last = AuditRecord.objects.order_by("-id").values_list("hash", flat=True).first()
        entry.previous_hash = last or GENESIS
        entry.hash = digest(entry)
        entry.save(force_insert=True)
    return entry


def digest(entry: AuditRecord) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the record."""
    content = {
        "at": entry.at.isoformat(),
        "action": entry.action,
        "username": entry.username,
        "utility": entry.utility_code,
        "verb": entry.verb,
        "object": [entry.object_type, entry.object_id],
        "summary": entry.summary,
        "details": entry.details,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((entry.previous_hash + canonical).encode()).hexdigest()


def verify(*, after: AuditCheckpoint | None = None) -> AuditRecord | None:
    """The first record that does not fit the chain, or None when the chain is sound: all of it, or `after` on."""
    record, previous = (after.record, after.hash) if after else (0, GENESIS)
    for entry in AuditRecord.objects.filter(pk__gt=record).order_by("id").iterator(chunk_size=2000):
        if entry.previous_hash != previous or entry.hash != digest(entry):
            return entry
        previous = entry.hash
    return None


def _lock_chain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
