"""An import begins: a file that is kept, recognised, and given to the workers to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from access import audit
from access.models import User, Utility
from aim.action import action_id, new_action
from integration.imports.registry import HEAD_OCTETS, Format, choices, find_format, recognise
from integration.imports.states import State, move
from integration.imports.texts import plain
from integration.models import ColumnMapping, FileImport, StoredFile
from integration.services.files import head_of
from integration.work.calling import call
from integration.work.states import StateChangedError

NAME = 200
MAY_STORE = "integration.confirm_fileimport"
"""Wanted also of whoever has a file stored without asking."""


class UploadError(ValueError):
    """The file cannot be taken as it was given; the message says what to do. `field` of the form it concerns."""

    def __init__(self, message: str, field: str = "file") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted with a file. `format` empty: recognised; `mapping` for table files, or `layout` once only;
    `confirm_at_once`: stored without a question when the check finds no error."""

    name: str
    format: str = ""
    content: str = "readings"
    mapping: ColumnMapping | None = None
    layout: Mapping[str, Any] = field(default_factory=dict)
    confirm_at_once: bool = False


@transaction.atomic
def begin_import(*, utility: Utility, file: StoredFile, order: Order, user: User | None = None) -> FileImport:
    """Make an import of a kept file and have it checked; a table without a mapping waits for one instead.

    UploadError for an empty file, an unknown format, or a file that no format takes for its own.
    """
    if not file.octets:
        raise UploadError("The file is empty.")
    form = _format(file, order)
    layout = dict(_layout(form, file, order, utility))
    row = FileImport.objects.create(
        utility=utility,
        content=form.content,
        format=form.name,
        file=file,
        name=plain(order.name, NAME) or "file",
        mapping=order.mapping or _saved(layout, utility),
        layout=layout,
        confirm_at_once=order.confirm_at_once,
        created_by=user,
        action=action_id.get() or new_action(),
    )
    details = {"sha256": file.digest, "octets": file.octets, "format": form.name}
    audit.record("file given", f"{row.name} for import", user=user, utility=utility, target=row, details=details)
    if row.layout or not form.has_columns:
        begin_check(row)
    return row


def _layout(form: Format, file: StoredFile, order: Order, utility: Utility) -> Mapping[str, Any]:
    """The columns as they were declared, else as the headings tell them; empty where they must be asked for."""
    if order.layout or order.mapping:
        return order.layout or (order.mapping.layout if order.mapping else {})
    return form.propose(file, order.name, utility)


def _saved(layout: Mapping[str, Any], utility: Utility) -> ColumnMapping | None:
    """The mapping this layout was saved as: whoever looks at the import wants to know how its columns were known."""
    known = ColumnMapping.objects.filter(utility=utility, layout=layout).order_by("-changed_at") if layout else None
    return known.first() if known is not None else None


def begin_check(row: FileImport, **changes: Any) -> None:
    """Have the import checked, or checked again; StateChangedError when it is beyond that.

    One that stored a part goes on behind that part: read otherwise, the lines before would never be stored.
    """
    if row.chunks.exists():
        raise StateChangedError("A part of this file is stored. Undo the import, and give the file again.")
    move(row, State.CHECKING, position=0, cause="", failed_in="", checked_at=None, **changes)
    transaction.on_commit(lambda: call(FileImport, row.pk))


def earlier_imports(file: StoredFile, utility: Utility) -> QuerySet[FileImport]:
    """Imports of the very same content for the same utility that stored something, the latest first."""
    stored = (State.STORING, State.DONE, State.FAILED, State.CANCELLED)
    rows = FileImport.objects.filter(file=file, utility=utility, state__in=stored, chunks__isnull=False)
    return rows.distinct().order_by("-created_at").select_related("created_by")


def _format(file: StoredFile, order: Order) -> Format:
    if order.format:
        found = find_format(order.format)
        if found is None:
            known = ", ".join(name for name, _ in choices())
            raise UploadError(f"There is no format {order.format!r}; there are: {known}.", "format")
        return found
    found = recognise(head_of(file, HEAD_OCTETS), order.name, order.content)
    if found is None:
        raise UploadError("No format takes this file for its own. Choose the format by hand.", "format")
    return found
