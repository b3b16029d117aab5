"""Calling the workers of files. The message carries an id; the row is the truth."""

from aim import calling
from integration.models import FileExport, FileImport, FileWork
from integration.work.holding import unheld

QUEUE = "files"
WORK_IMPORT, WORK_EXPORT = "integration.work_import", "integration.work_export"
_TASKS: dict[type[FileWork], str] = {FileImport: WORK_IMPORT, FileExport: WORK_EXPORT}
_QUIET_S = 30


def call(kind: type[FileWork], pk: int) -> None:
    """Call a worker for this import or export, at most once until one has come.

    The scheduler calls again as long as it waits.
    """
    calling.call(_TASKS[kind], pk, queue=QUEUE, quiet_s=_QUIET_S)


def call_for_waiting() -> int:
    """Call workers for imports and exports that wait for one; how many wait."""
    waiting = [(kind, pk) for kind in _TASKS for pk in _waiting(kind)]
    for kind, pk in waiting:
        call(kind, pk)
    return len(waiting)


def _waiting(kind: type[FileWork]) -> list[int]:
    rows = kind._default_manager.filter(unheld(), state__in=kind.WORKING)
    return list(rows.values_list("pk", flat=True))
