"""Active filters as chips: what limits the list right now, each with the link that takes it away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django_filters import FilterSet

from aim.web.state import ListState


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    remove_url: str


def chips(filterset: FilterSet | None, state: ListState) -> list[Chip]:
    """One chip per active value of the filter set; several values of one field give several chips."""
    if filterset is None or not filterset.form.is_valid():
        return []
    cleaned = filterset.form.cleaned_data
    return [
        chip
        for name, field in filterset.form.fields.items()
        for chip in _of_field(name, field, cleaned.get(name), state)
    ]


def filter_keys(filterset: FilterSet | None) -> tuple[str, ...]:
    """Every query parameter the filter set reads."""
    if filterset is None:
        return ()
    return tuple(key for name, field in filterset.form.fields.items() for key in _keys(name, field))


def _of_field(name: str, field: forms.Field, value: Any, state: ListState) -> list[Chip]:
    if value in (None, "", []) or (hasattr(value, "exists") and not value):
        return []
    label = str(field.label or name)
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return [Chip(label, text, state.without(name, raw)) for raw, text in _choices(field, value)]
    return [Chip(label, _text(field, value), state.url(drop=_keys(name, field)))]


def _choices(field: forms.Field, values: Iterable[Any]) -> list[tuple[str, str]]:
    """(raw value, label) of each chosen value."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [(str(field.prepare_value(row)), field.label_from_instance(row)) for row in values]
    names = _flat(getattr(field, "choices", ()))
    return [(str(value), names.get(str(value), str(value))) for value in values]


def _text(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, slice):
        return " to ".join(_end(end) for end in (value.start, value.stop))
    return _flat(getattr(field, "choices", ())).get(str(value), str(value))


def _end(end: object) -> str:
    """One end of a range as it was chosen: a range of days is cleaned to instants, the last of its day included."""
    if isinstance(end, datetime):
        return f"{timezone.localtime(end):%Y-%m-%d}"
    return "…" if end is None else str(end)


def _flat(choices: Iterable[Any]) -> dict[str, str]:
    """Value → label of plain and grouped choices."""
    flat: dict[str, str] = {}
    for value, label in choices:
        flat.update(_flat(label) if isinstance(label, list | tuple) else {str(value): str(label)})
    return flat


def _keys(name: str, field: forms.Field) -> tuple[str, ...]:
    suffixes = getattr(field.widget, "suffixes", None)
    return tuple(f"{name}_{suffix}" for suffix in suffixes) if suffixes else (name,)
