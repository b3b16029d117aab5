"""Kept frames: sealed with the end of the attempt, opened for who looks, dropped after `FRAME_DAYS`."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from access import audit
from access.models import User
from devices.keystore import KeyStoreError, active_keys, open_keys
from devices.keystore.columns import SealedColumn
from headend.models import Attempt, Frames
from headend.recording import Recording, unpacked
from protocols.explain import Keys

log = logging.getLogger(__name__)

SEALED = SealedColumn(Frames, lambda row: f"frames of attempt {row.attempt_id}".encode(), str)
"""Kept frames; those of an attempt are bound to it."""
AT_ONCE = 1_000
STEPS_AT_ONCE = 20


def keep(recorded: Iterable[tuple[Attempt, Recording | None]]) -> None:
    """Seal what was recorded of these attempts. Without a master key it is not kept; the readings are, all the same."""
    rows = [_row(attempt, recording) for attempt, recording in recorded if recording is not None]
    if not rows:
        return
    try:
        for row, packed in rows:
            SEALED.put(row, packed)
    except KeyStoreError as error:
        log.error("frames of %d attempts are not kept: %s", len(rows), error)
    else:
        Frames.objects.bulk_create(row for row, _ in rows)


def recording_of(frames: Frames) -> Recording:
    """What was recorded; KeyStoreError where no master key that is present opens it."""
    return unpacked(SEALED.open(frames), cut=frames.cut)


def keys_to_decode(frames: Frames, user: User) -> Keys:
    """The device's keys and titles, for showing once what is ciphered; that `user` looked is in the audit trail.

    The keys as they are now: what an earlier version ciphered stays closed. KeyStoreError when they do not open.
    """
    item = frames.attempt.item
    device = item.device.spoken_to
    stored = open_keys(active_keys([device.pk]).get(device.pk, ()))
    told = f"Frames of {item.device}, attempt {frames.attempt.number} of job {item.job_id}, decoded with its keys"
    audit.record("frames decoded", told, user=user, utility=item.device.utility, target=item)
    titles = tuple(filter(None, (bytes.fromhex(device.system_title), settings.SYSTEM_TITLE)))
    return Keys(stored.get("encryption", b""), stored.get("authentication", b""), titles=titles)


def drop_old_frames() -> int:
    """Drop what was kept longer ago than `FRAME_DAYS`; how many, at most `AT_ONCE` times `STEPS_AT_ONCE` a call."""
    old = Frames.objects.filter(kept_at__lt=timezone.now() - timedelta(days=settings.FRAME_DAYS)).order_by("kept_at")
    dropped = 0
    for _ in range(STEPS_AT_ONCE):
        chosen = list(old.values_list("pk", flat=True)[:AT_ONCE])
        Frames.objects.filter(pk__in=chosen).delete()
        dropped += len(chosen)
        if len(chosen) < AT_ONCE:
            break
    return dropped


def _row(attempt: Attempt, recording: Recording) -> tuple[Frames, bytes]:
    """The row without its secret, and the secret."""
    row = Frames(attempt=attempt, kept_at=timezone.now(), size=recording.size, cut=recording.cut)
    return row, recording.pack()
