"""Fields in which a row is chosen."""

from typing import Any

from django.db.models import Model, QuerySet


def offer(field: Any, rows: QuerySet[Any, Any]) -> None:
    """Let one of `rows` be chosen in a `ModelChoiceField`; where there is but one, it is chosen already."""
    field.queryset = rows
    chosen: list[Model] = list(rows[:2])
    if len(chosen) == 1:
        field.initial, field.empty_label = chosen[0].pk, None
