"""Celery entry points: a message says that there is work, nothing more."""

from celery import shared_task

from integration.exports.calling import answered as export_answered
from integration.exports.running import run_export
from integration.imports.calling import answered
from integration.imports.running import work


@shared_task(name="integration.work_import")
def work_import(import_id: int) -> None:
    """Check, store or undo an import, whatever its state asks for."""
    answered(import_id)
    work(import_id)


@shared_task(name="integration.work_export")
def work_export(export_id: int) -> None:
    """Write the file of an export."""
    export_answered(export_id)
    run_export(export_id)
