"""An import is held portion by portion: its lease is renewed by the last statement of a portion's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from integration.imports.states import WAYS, State
from integration.models import FileImport
from integration.work import holding
from metering.store import Origin

MOST_ATTEMPTS = 5
"""So many workers may take up the same part without finishing it; then a person must look."""
RULE, UNDO_RULE = "import", "import undone"


class Held(holding.Held[FileImport]):
    """An import this worker holds."""

    __slots__ = ()
    LEASE = timedelta(seconds=90)
    WAYS = WAYS

    def advance(self, position: int, **changes: Any) -> None:
        """`renew` with how far the work is, of `file.octets`; those who took it up in vain no longer count."""
        self.renew(position=position, attempts=0, **changes)

    def fail(self, cause: str, **changes: Any) -> None:
        """The work cannot go on; it can be resumed where it stopped."""
        super().fail(cause, failed_in=self.row.state, **changes)

    @property
    def origin(self) -> Origin:
        """What the ledger of values says of the writes of this import."""
        return origin_of(self.row)


def origin_of(row: FileImport) -> Origin:
    """Who an import writes for: the person who confirmed it, or gave the file; who undoes it, when it is undone."""
    if row.state == State.UNDOING:
        return Origin(user_id=row.undone_by_id, rule=UNDO_RULE, message=row.name, action_id=row.action)
    person = row.confirmed_by_id or row.created_by_id
    return Origin(user_id=person, rule=RULE, message=row.name, action_id=row.action)


def claim(import_id: int, state: str) -> Held | None:
    """Take the import if it is in `state` and nobody holds it; None otherwise.

    One that so many workers took without coming on is failed instead: it may be the file that ends them.
    """
    owner = holding.lease(FileImport.objects.filter(pk=import_id, state=state), Held.LEASE)
    if owner is None:
        return None
    row = FileImport.objects.select_related("utility", "file", "created_by", "undone_by").get(pk=import_id)
    held = Held(row, owner)
    if row.attempts > MOST_ATTEMPTS:
        held.fail(f"{MOST_ATTEMPTS} workers ended at the same place of the file. Look into the log of the workers.")
        return None
    return held
