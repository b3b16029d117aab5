"""What storing a line wrote, kept with the line, so that undoing can take back exactly that.

One effect is `[model, key, columns]`: a row that was made has no columns, one that was changed has each column as it
was and as the import left it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field, Model

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """A row made (`columns` None) or changed: column (`parent_id`) → before and after, as JSON holds them."""

    model: type[Model]
    key: int
    columns: Mapping[str, Pair] | None = None

    def as_json(self) -> list[Any]:
        columns = None if self.columns is None else {name: list(pair) for name, pair in self.columns.items()}
        return [self.model._meta.label_lower, self.key, columns]

    @classmethod
    def of_json(cls, saved: list[Any]) -> Effect:
        label, key, columns = saved
        pairs = None if columns is None else {name: (before, after) for name, (before, after) in columns.items()}
        return cls(apps.get_model(label), key, pairs)


def made(row: Model) -> Effect:
    """The effect of a row that was inserted."""
    return Effect(type(row), row.pk)


def changed(row: Model, before: Mapping[str, Any]) -> Effect:
    """The effect of a row that is now different: `before` by column."""
    pairs = {name: (frozen(row, name, value), frozen(row, name, getattr(row, name))) for name, value in before.items()}
    return Effect(type(row), row.pk, pairs)


def frozen(row: Model, name: str, value: Any) -> Any:
    """The value of a column as JSON holds it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    holder = type(row)()
    setattr(holder, name, value)
    return column_of(type(row), name).value_to_string(holder)


def thawed(model: type[Model], name: str, value: Any) -> Any:
    """The value of a column out of JSON."""
    return None if value is None else column_of(model, name).to_python(value)


def column_of(model: type[Model], name: str) -> Field[Any, Any]:
    """The column of this name."""
    found: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    return found
