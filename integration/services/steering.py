"""What a person does to an import: confirm, cancel, resume, undo. Every act is in the audit trail."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User
from integration.imports.states import State, move
from integration.imports.tally import Tally
from integration.models import FileImport
from integration.work.calling import call
from integration.work.states import StateChangedError


@transaction.atomic
def confirm_import(*, row: FileImport, user: User | None) -> None:
    """Have stored what the check has shown. StateChangedError unless the import is ready and has something to store."""
    if row.state != State.READY:
        raise StateChangedError("Only an import that was checked, and is not stored yet, can be confirmed.")
    if not Tally.of_json(row.expected).good:
        raise StateChangedError("There is nothing in this file that could be stored.")
    _go(row, State.STORING, user, "import confirmed", confirmed_at=timezone.now(), confirmed_by=user, position=0)


@transaction.atomic
def cancel_import(*, row: FileImport, user: User | None) -> None:
    """End the import where it stands. What is stored stays, and can be undone. StateChangedError when it has ended."""
    move(row, State.CANCELLED)
    audit.record("import cancelled", row.name, user=user, utility=row.utility, target=row)


@transaction.atomic
def resume_import(*, row: FileImport, user: User | None) -> None:
    """Have a failed import go on where it stopped. StateChangedError unless it failed."""
    if row.state != State.FAILED:
        raise StateChangedError("Only an import that failed can be resumed.")
    _go(row, row.failed_in or State.CHECKING, user, "import resumed", cause="", failed_in="")


@transaction.atomic
def undo_import(*, row: FileImport, user: User | None) -> None:
    """Have everything taken back that the import stored and nobody changed since. StateChangedError as above."""
    if not row.chunks.filter(undone_at=None).exists():
        raise StateChangedError("This import has stored nothing that could be taken back.")
    _go(row, State.UNDOING, user, "import undone", undone_by=user, position=0, taken_back={})


def _go(row: FileImport, to: str, user: User | None, verb: str, **changes: Any) -> None:
    move(row, to, **changes)
    details = {"expected": row.expected, "stored": row.stored}
    audit.record(verb, row.name, user=user, utility=row.utility, target=row, details=details)
    transaction.on_commit(lambda: call(FileImport, row.pk))
