"""Keeping files: streamed to disk, bounded, once each by what is in them, and safe there before anybody hears of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from aim.disk import sync_folder
from integration.models import FileImport, StoredFile

AT_ONCE = 200
"""Files dropped by one call of the scheduler."""


class FileTooLargeError(Exception):
    """More octets than a file may have."""


class FileGoneError(Exception):
    """The file was dropped, or somebody took it away; its row says what it was."""


def keep(pieces: Iterable[bytes], most: int | None = None) -> StoredFile:
    """Write `pieces` to the folder of files and return the row of the file; the same content is kept once.

    The file is on the disk when this returns. FileTooLargeError, with nothing kept, beyond `most` octets
    (`settings.UPLOAD_BYTES` if not said).
    """
    draft, digest, octets = _write(pieces, settings.UPLOAD_BYTES if most is None else most)
    try:
        return _settle(draft, digest, octets)
    finally:
        draft.unlink(missing_ok=True)


def _write(pieces: Iterable[bytes], most: int) -> tuple[Path, str, int]:
    folder = Path(settings.FILES) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    digest, octets = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as draft:
            for piece in pieces:
                octets += len(piece)
                if octets > most:
                    raise FileTooLargeError(f"A file may have {most:,} octets at most.")
                digest.update(piece)
                draft.write(piece)
            draft.flush()
            os.fsync(draft.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name), digest.hexdigest(), octets


@transaction.atomic
def _settle(draft: Path, digest: str, octets: int) -> StoredFile:
    """Move the draft to its place under the lock of its row, so that it is not dropped at the same moment."""
    StoredFile.objects.get_or_create(digest=digest, defaults={"octets": octets})
    row = StoredFile.objects.select_for_update().get(digest=digest)
    row.path.parent.mkdir(parents=True, exist_ok=True)
    if not row.path.exists():
        draft.rename(row.path)
        sync_folder(row.path.parent)
    row.kept_at, row.removed_at = timezone.now(), None
    row.save(update_fields=["kept_at", "removed_at"])
    return row


def open_file(row: StoredFile) -> BinaryIO:
    """The kept file, open for reading; FileGoneError when it is there no more."""
    try:
        return row.path.open("rb")
    except FileNotFoundError as error:
        raise FileGoneError("The file is no longer kept here. Upload it again.") from error


def head_of(row: StoredFile, octets: int) -> bytes:
    """The first octets of the file; FileGoneError as above."""
    with open_file(row) as stream:
        return stream.read(octets)


def drop_old_files() -> int:
    """Drop files given longer ago than `settings.FILE_DAYS`, except those an import still needs; how many.

    Rows stay, and with them who gave what. A duty of the scheduler; what a call leaves, the next one takes.
    """
    before = timezone.now() - timedelta(days=settings.FILE_DAYS)
    old = StoredFile.objects.filter(kept_at__lt=before, removed_at=None).order_by("kept_at")
    needed = FileImport.objects.filter(state__in=FileImport.WORKING).values("file")
    return sum(_drop(pk) for pk in list(old.exclude(pk__in=needed).values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def drop_file(file: StoredFile) -> None:
    """Drop a file at once that must not lie here. Its row stays."""
    row = StoredFile.objects.select_for_update().get(pk=file.pk)
    row.path.unlink(missing_ok=True)
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])


@transaction.atomic
def _drop(pk: int) -> bool:
    before = timezone.now() - timedelta(days=settings.FILE_DAYS)
    row = StoredFile.objects.select_for_update().filter(pk=pk, kept_at__lt=before, removed_at=None).first()
    if row is None:
        return False
    row.path.unlink(missing_ok=True)
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    return True
