"""What a worker does with an export: claim it, write it, and say what became of it."""

from __future__ import annotations

import logging

from integration.exports.holding import Held, claim
from integration.exports.registry import UnknownFormatError
from integration.exports.writing import write_file
from integration.formats.errors import UnwritableError
from integration.models import FileExport
from integration.services.files import FileTooLargeError
from integration.work.holding import WorkFailedError
from integration.work.running import run

log = logging.getLogger(__name__)

_TOLD = (UnknownFormatError, UnwritableError, FileTooLargeError)


def run_export(export_id: int) -> FileExport | None:
    """Write an export that waits, from its first part; the row as it then is, None when it was not to be had."""
    held = claim(export_id)
    if held is None:
        return None
    return run(held, lambda: _write(held), told=_TOLD)


def _write(held: Held) -> None:
    try:
        write_file(held)
    except OSError as error:
        log.exception("export %s could not be written", held.row.pk)
        words = f"The folder of files could not be written: {error.strerror or error}. Try again when it can."
        raise WorkFailedError(words) from error
