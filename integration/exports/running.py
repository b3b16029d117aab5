"""What a worker does with an export: claim it, write it, and say what became of it."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError

from aim.action import bind
from integration.exports.holding import ExportFailedError, Held, NotHeldError, ToldToStopError, claim, fail
from integration.exports.registry import UnknownFormatError
from integration.exports.states import StateChangedError
from integration.exports.writing import write_file
from integration.formats.errors import UnwritableError
from integration.models import FileExport
from integration.services.files import FileTooLargeError

log = logging.getLogger(__name__)


def run_export(export_id: int) -> FileExport | None:
    """Write an export that waits, from its first part; the row as it then is, None when it was not to be had."""
    held = claim(export_id)
    if held is None:
        return None
    with bind(held.row.action):
        _do(held)
    return held.row


def _do(held: Held) -> None:
    """Write; whatever comes of it, the export ends in a state or is free for another worker.

    When the database is away nothing can be noted: the lease ends by itself and the scheduler calls again.
    """
    try:
        write_file(held)
    except (NotHeldError, StateChangedError):
        log.info("export %s was cancelled or taken over", held.row.pk)
    except ToldToStopError:
        held.give_back()
    except (OperationalError, InterfaceError) as error:
        log.warning("export %s waits, the database is away: %s", held.row.pk, error)
        raise
    except (ExportFailedError, UnknownFormatError, UnwritableError, FileTooLargeError) as error:
        _fail(held, str(error))
    except OSError as error:
        log.exception("export %s could not be written", held.row.pk)
        _fail(held, f"The folder of files could not be written: {error.strerror or error}. Try again when it can.")
    except Exception:
        log.exception("export %s failed", held.row.pk)
        _fail(held, f"Something went wrong here. Try again; if it fails again, report action {held.row.action}.")


def _fail(held: Held, cause: str) -> None:
    try:
        fail(held, cause)
    except StateChangedError:
        log.info("export %s was cancelled before its failure could be noted", held.row.pk)
