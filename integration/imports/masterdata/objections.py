"""Why a row that an import made cannot be removed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignObjectRel, Model, QuerySet

from devices.models import Contact, DeviceKey, Installation, StateChange


def objections(model: type[Model], rows: Sequence[Model], action: str) -> dict[int, str]:
    """By key: what stands against removing these rows of one model. A number of queries that does not grow."""
    keys = [row.pk for row in rows]
    found: dict[int, str] = dict.fromkeys(_edited(model, keys, action), "it was edited since")
    for relation in model._meta.related_objects:
        for key in _referred(relation, keys, action):
            found.setdefault(key, f"{relation.related_model._meta.verbose_name_plural} refer to it")
    if model is Installation:
        for key in _reached(rows):
            found.setdefault(key, "the device was reached there since")
    if model is DeviceKey:
        for key in _in_use(rows):
            found.setdefault(key, "it is in use: the device was spoken to, or the key rolled")
    return found


def _edited(model: type[Model], keys: Sequence[int], action: str) -> set[int]:
    """Rows with an entry in the field history that the import did not make."""
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=keys, action=LogEntry.Action.UPDATE)
    return set(entries.exclude(cid=action).values_list("object_id", flat=True))


def _referred(relation: ForeignObjectRel, keys: Sequence[int], action: str) -> set[int]:
    """Rows something refers to that the import did not make with them."""
    name = relation.field.name
    rows: QuerySet[Any] = relation.related_model._default_manager.filter(**{f"{name}__in": keys})
    if relation.related_model is Contact:
        rows = rows.exclude(last_attempt_at=None)
    if relation.related_model is StateChange:
        rows = rows.exclude(action=action)
    return set(rows.values_list(name, flat=True).distinct())


def _reached(rows: Sequence[Model]) -> set[int]:
    """Installations whose devices have answered: values may have come from there."""
    hung = {row.device_id: row.pk for row in rows if isinstance(row, Installation)}
    answered = Contact.objects.filter(device__in=hung).exclude(last_contact_at=None)
    return {hung[device] for device in answered.values_list("device", flat=True)}


def _in_use(rows: Sequence[Model]) -> set[int]:
    """Keys whose devices were spoken to since, or that are not the active ones any more."""
    keys = [row for row in rows if isinstance(row, DeviceKey)]
    spoken = Contact.objects.filter(device__in=[key.device_id for key in keys]).exclude(last_attempt_at=None)
    devices = set(spoken.values_list("device", flat=True))
    return {key.pk for key in keys if key.device_id in devices or key.state != DeviceKey.State.ACTIVE}
