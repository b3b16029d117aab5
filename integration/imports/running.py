"""What a worker does with an import: claim it, do the work of its state, and say what became of it."""

from __future__ import annotations

from integration.imports.contents import Content, content_of
from integration.imports.holding import Held, claim
from integration.imports.registry import UnknownNameError
from integration.imports.states import State
from integration.models import FileImport
from integration.services.files import FileGoneError
from integration.work.running import run


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
    return run(held, lambda: _work_of(content_of(held.row), held), told=(FileGoneError, UnknownNameError))


def _work_of(content: Content, held: Held) -> None:
    works = {State.CHECKING: content.check, State.STORING: content.store, State.UNDOING: content.undo}
    works[State(held.row.state)](held)
