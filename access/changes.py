"""The field-level history of master data (django-auditlog), as the Changes tabs show it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

MOST_CHANGES = 200
_ACTIONS = {LogEntry.Action.CREATE: "Created", LogEntry.Action.UPDATE: "Changed", LogEntry.Action.DELETE: "Deleted"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, who, to what, and each field before and after."""

    at: datetime
    who: str
    what: str
    action: str
    fields: Sequence[FieldChange]


def changes_of(
    rows: Mapping[type[Model], Sequence[int]], *, hidden: Collection[str] = (), unnamed: Collection[type[Model]] = ()
) -> list[Change]:
    """The latest changes of these rows (model → primary keys), newest first.

    `hidden` fields are left out, and rows of `unnamed` models are not called by their names: for who may not see them.
    """
    wanted = Q()
    for model, ids in rows.items():
        wanted |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=ids)
    entries = LogEntry.objects.filter(wanted).select_related("actor", "content_type").order_by("-timestamp", "-id")
    left_out = {"ID", *hidden}
    nameless = {model._meta.label_lower for model in unnamed}
    return [_change(entry, left_out, nameless) for entry in entries[:MOST_CHANGES]]


def _change(entry: Any, left_out: Collection[str], nameless: Collection[str]) -> Change:
    shown = sorted((entry.changes_display_dict or {}).items())
    fields = [FieldChange(name, *_pair(pair)) for name, pair in shown if name not in left_out]
    kind = entry.content_type
    what = kind.name if f"{kind.app_label}.{kind.model}" in nameless else f"{kind.name} {entry.object_repr}"
    return Change(entry.timestamp, str(entry.actor or "the system"), what, _ACTIONS.get(entry.action, ""), fields)


def _pair(pair: Sequence[Any]) -> tuple[str, str]:
    before, after = (("" if side in (None, "None") else str(side)) for side in pair)
    return before, after
