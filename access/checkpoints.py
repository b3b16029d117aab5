"""Signed checkpoints of the audit chain: proof of what it held, against whoever owns the database.

Hashes alone do not stop a person who can write to the database: they could rebuild the whole chain or cut off its end.
A checkpoint signs the newest record under a key that is in a file and not in the database. Checkpoints are numbered
without holes. Cutting off the newest checkpoints together with the records they sign leaves no trace in the database;
therefore each one is also a log line, and `manage.py audit_verify` compares with one kept elsewhere (`--witness`).
"""

import hashlib
import hmac
import os
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from access import audit
from access.models import AuditCheckpoint, AuditRecord
from aim.keys import secret_file

KEY_SIZE = 32
_ONE_AT_A_TIME = 0x0A1D18  # advisory lock: one process makes a checkpoint at a time
log = structlog.get_logger(__name__)


@transaction.atomic
def make_checkpoint() -> AuditCheckpoint | None:
    """Sign the newest record, after walking the chain from the last checkpoint on; called every hour.

    None where there is nothing new or another process is at it; also where the chain is broken or the key is not
    here, which is logged as an error: neither may stop the caller.
    """
    if not _alone():
        return None
    last = AuditCheckpoint.objects.order_by("-number").first()
    if (last is not None and not _holds(last)) or audit.verify(after=last) is not None:
        log.error("audit chain is broken, no checkpoint made: run manage.py audit_verify")
        return None
    newest = AuditRecord.objects.order_by("-id").first()
    if newest is None or (last is not None and newest.pk == last.record):
        return None
    return _sign(newest, number=last.number + 1 if last else 1)


def first_fault() -> str | None:
    """What is wrong with the first bad checkpoint, in words; None when all are sound. OSError without the key file."""
    for number, checkpoint in enumerate(AuditCheckpoint.objects.order_by("number").iterator(), start=1):
        if checkpoint.number != number:
            return f"Checkpoint {number} was removed."
        if not hmac.compare_digest(checkpoint.signature, _signature(checkpoint, _key_on_file())):
            return f"The signature of checkpoint {number} is not of this key: it was forged, or the key is another."
        if not _holds(checkpoint):
            return f"Record {checkpoint.record}, signed by checkpoint {number}, was removed or rebuilt."
    return None


def _sign(newest: AuditRecord, *, number: int) -> AuditCheckpoint | None:
    checkpoint = AuditCheckpoint(number=number, at=timezone.now(), record=newest.pk, hash=newest.hash)
    try:
        key = _key_on_file() if number > 1 else secret_file(settings.AUDIT_KEY_FILE, os.urandom(KEY_SIZE))
    except OSError as error:
        log.error("audit key cannot be read, no checkpoint made", error=str(error))
        return None
    checkpoint.signature = _signature(checkpoint, key)
    checkpoint.save(force_insert=True)
    log.info("audit checkpoint", number=number, witness=f"{newest.pk}:{newest.hash}")
    return checkpoint


def _holds(checkpoint: AuditCheckpoint) -> bool:
    return AuditRecord.objects.filter(pk=checkpoint.record, hash=checkpoint.hash).exists()


def _signature(checkpoint: AuditCheckpoint, key: bytes) -> str:
    said = f"{checkpoint.number} {_instant(checkpoint.at)} {checkpoint.record} {checkpoint.hash}"
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _instant(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _key_on_file() -> bytes:
    """The key, never made anew: with checkpoints in the database a missing key is a fault, not a beginning."""
    key: bytes = settings.AUDIT_KEY_FILE.read_bytes()
    return key


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])
