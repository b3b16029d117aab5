"""Celery entry points: a message says that there is work, nothing more."""

from celery import shared_task

from aim.calling import answered
from integration.exports.running import run_export
from integration.imports.running import work
from integration.work.calling import WORK_EXPORT, WORK_IMPORT


@shared_task(name=WORK_IMPORT)
def work_import(import_id: int) -> None:
    """Check, store or undo an import, whatever its state asks for."""
    answered(WORK_IMPORT, import_id)
    work(import_id)


@shared_task(name=WORK_EXPORT)
def work_export(export_id: int) -> None:
    """Write the file of an export."""
    answered(WORK_EXPORT, export_id)
    run_export(export_id)
