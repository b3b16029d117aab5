"""What a worker does with an import: claim it, do the work of its state, and say what became of it."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError

from aim.action import bind
from integration.imports.contents import Content, content_of
from integration.imports.holding import Held, ImportFailedError, NotHeldError, ToldToStopError, claim, fail
from integration.imports.registry import UnknownNameError
from integration.imports.states import State, StateChangedError
from integration.models import FileImport
from integration.services.files import FileGoneError

log = logging.getLogger(__name__)


def run_check(import_id: int) -> FileImport | None:
    """Check the file of an import in state `checking`; the row as it then is, None when it was not to be had."""
    return _run(import_id, State.CHECKING)


def run_store(import_id: int) -> FileImport | None:
    """Store an import in state `storing`, from its last chunk on; the row as it then is, None as above."""
    return _run(import_id, State.STORING)


def run_undo(import_id: int) -> FileImport | None:
    """Take back what an import in state `undoing` stored; the row as it then is, None as above."""
    return _run(import_id, State.UNDOING)


def work(import_id: int) -> None:
    """Do what the state of the import asks for, until it asks for nothing more or another worker has it."""
    while row := run_check(import_id) or run_store(import_id) or run_undo(import_id):
        if not row.is_working or row.lease_owner:
            return


def _run(import_id: int, state: str) -> FileImport | None:
    held = claim(import_id, state)
    if held is None:
        return None
    with bind(held.row.action):
        _do(held)
    return held.row


def _do(held: Held) -> None:
    """The work of the state; whatever comes of it, the import ends in a state or is free for another worker.

    When the database is away nothing can be noted: the lease ends by itself and the scheduler calls again.
    """
    try:
        _work_of(content_of(held.row), held)
    except (NotHeldError, StateChangedError):
        log.info("import %s was cancelled or taken over", held.row.pk)
    except ToldToStopError:
        held.give_back()
    except (OperationalError, InterfaceError) as error:
        log.warning("import %s waits, the database is away: %s", held.row.pk, error)
        raise
    except (ImportFailedError, FileGoneError, UnknownNameError) as error:
        _fail(held, str(error))
    except Exception:
        log.exception("import %s failed", held.row.pk)
        _fail(held, f"Something went wrong here. Resume it; if it fails again, report action {held.row.action}.")


def _work_of(content: Content, held: Held) -> None:
    works = {State.CHECKING: content.check, State.STORING: content.store, State.UNDOING: content.undo}
    works[State(held.row.state)](held)


def _fail(held: Held, cause: str) -> None:
    try:
        fail(held, cause)
    except StateChangedError:
        log.info("import %s was cancelled before its failure could be noted", held.row.pk)
