"""Rows of master data written many at a time, with the field history that saving each of them would have left.

Bulk statements pass by the signals django-auditlog listens to; these functions write its entries themselves, in the
caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar

from auditlog.context import disable_auditlog
from auditlog.diff import get_field_value
from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import DateTimeField, Field, JSONField, Model
from django.utils import timezone

from access.models import User
from aim.action import current_action

AT_ONCE = 1_000
_Row = TypeVar("_Row", bound=Model)
_NOTHING = "None"
_COPY = """
COPY auditlog_logentry
    (content_type_id, object_pk, object_id, object_repr, action, changes, actor_id, cid, timestamp, changes_text)
FROM STDIN
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """A row as it shall be, and the former values of what is new about it, by column (`parent_id`)."""

    row: Model
    before: Mapping[str, Any]


@transaction.atomic
def create(rows: Sequence[_Row], *, user: User | None) -> list[_Row]:
    """Insert rows of one model; they have their keys afterwards. IntegrityError when one is there already."""
    if not rows:
        return []
    made: list[_Row] = type(rows[0])._default_manager.bulk_create(rows, batch_size=AT_ONCE)
    note_created(made, user=user)
    return made


@transaction.atomic
def update(changes: Sequence[Changed], *, user: User | None) -> None:
    """Store rows of one model that have changed. The caller holds them locked, and has loaded all their columns."""
    changes = [change for change in changes if change.before]
    if not changes:
        return
    model = type(changes[0].row)
    columns = sorted({model._meta.get_field(name).name for change in changes for name in change.before})
    model._default_manager.bulk_create(
        [change.row for change in changes],
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=columns,
    )
    note_changed(changes, user=user)


@transaction.atomic
def delete(rows: Sequence[Model], *, user: User | None) -> None:
    """Delete rows of one model. ProtectedError when something refers to one."""
    if not rows:
        return
    model, keys = type(rows[0]), [row.pk for row in rows]
    fields = _recorded(model)
    entries = [(row, LogEntry.Action.DELETE, _against_nothing(row, fields, gone=True)) for row in rows]
    with disable_auditlog():
        model._default_manager.filter(pk__in=keys).delete()
    _keep(model, entries, user)


def note_created(rows: Sequence[Model], *, user: User | None) -> None:
    """History of rows somebody inserted in bulk."""
    if rows:
        model = type(rows[0])
        fields = _recorded(model)
        _keep(model, [(row, LogEntry.Action.CREATE, _against_nothing(row, fields)) for row in rows], user)


def note_changed(changes: Sequence[Changed], *, user: User | None) -> None:
    """History of rows somebody changed in bulk."""
    if changes:
        model = type(changes[0].row)
        fields = {field.attname: field for field in _recorded(model)}
        entries = [
            (change.row, LogEntry.Action.UPDATE, differences)
            for change in changes
            if (differences := _differences(change, fields))
        ]
        _keep(model, entries, user)


def _recorded(model: type[Model]) -> list[Field[Any, Any]]:
    """The columns of the model history is kept of; none where it is kept of nothing."""
    if not auditlog.contains(model):
        return []
    left_out = auditlog.get_model_fields(model)["exclude_fields"]
    fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)
    return [field for field in fields if field.name not in left_out]


def _against_nothing(row: Model, fields: Iterable[Field[Any, Any]], *, gone: bool = False) -> dict[str, list[str]]:
    values = {field.name: _text(row, field) for field in fields}
    pairs = {name: [_NOTHING, value] for name, value in values.items() if value != _NOTHING}
    return {name: pair[::-1] for name, pair in pairs.items()} if gone else pairs


def _differences(change: Changed, fields: Mapping[str, Field[Any, Any]]) -> dict[str, list[str]]:
    former = copy(change.row)
    for name, value in change.before.items():
        setattr(former, name, value)
    touched = [fields[name] for name in change.before if name in fields]
    pairs = {each.name: [_text(row, each) for row in (former, change.row)] for each in touched}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _text(row: Model, field: Field[Any, Any]) -> str:
    """A column as history writes it; instants and JSON as django-auditlog does, whose way with the rest is slow."""
    if isinstance(field, DateTimeField | JSONField):
        return str(get_field_value(row, field))
    return str(getattr(row, field.attname))


_Entry = tuple[Model, int, Mapping[str, list[str]]]


def _keep(model: type[Model], entries: Iterable[_Entry], user: User | None) -> None:
    """Write history by COPY: a row of master data must not cost more to note than to store."""
    if not auditlog.contains(model):
        return
    kind, at, action = ContentType.objects.get_for_model(model).pk, timezone.now(), current_action()
    actor = None if user is None else user.pk
    rows = [  # made before copying begins: what a row is called may be a question to the database
        (kind, str(row.pk), row.pk, str(row), what, json.dumps(changes), actor, action, at, "")
        for row, what, changes in entries
    ]
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
