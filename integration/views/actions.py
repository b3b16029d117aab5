"""What can be done with an import in each of its states."""

from __future__ import annotations

from django.urls import reverse

from aim.web.links import Action
from integration.imports.contents import content_of
from integration.imports.registry import find_format
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import FileImport


def actions(row: FileImport) -> list[Action]:
    """The buttons of the head, the most likely first; who may not do it does not see it."""
    return {
        State.UPLOADED: [*_columns(row, "primary"), _cancel(row)],
        State.CHECKING: [_cancel(row)],
        State.READY: [*_store(row), *_columns(row), _cancel(row)],
        State.STORING: [_cancel(row)],
        State.FAILED: [_post(row, "Resume", "resume", "confirm", "refresh", "primary"), *_columns(row), _cancel(row)],
        State.DONE: _undo(row),
        State.CANCELLED: _undo(row),
    }.get(State(row.state), [])


def _post(
    row: FileImport, label: str, url: str, permission: str, icon: str, kind: str = "", confirm: str = ""
) -> Action:
    name = f"integration.{permission}_fileimport"
    return Action(label, reverse(f"integration:{url}", args=[row.pk]), icon, name, kind, post=True, confirm=confirm)


def _store(row: FileImport) -> list[Action]:
    """Nothing to press where nothing would be stored."""
    good = Tally.of_json(row.expected).good
    return [_post(row, "Store", "confirm", "confirm", "check", "primary")] if good else []


def _columns(row: FileImport, kind: str = "") -> list[Action]:
    """Saying what the columns mean, or saying it otherwise, where that can be said."""
    page, found = content_of(row).columns, find_format(row.format)
    if not page or found is None or not found.has_columns or row.chunks.exists():
        return []
    label = "Other columns" if row.layout else "Say what the columns mean"
    return [Action(label, reverse(page, args=[row.pk]), "columns", "integration.add_fileimport", kind)]


def _cancel(row: FileImport) -> Action:
    question = "Cancel this import? What is stored already stays."
    return _post(row, "Cancel", "cancel", "add", "stop", "danger", question)


def _undo(row: FileImport) -> list[Action]:
    if not row.stored:
        return []
    url = reverse("integration:undo", args=[row.pk])
    return [Action("Undo", url, "trash", "integration.undo_fileimport", "danger")]
