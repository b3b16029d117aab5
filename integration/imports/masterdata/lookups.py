"""What names in a file mean, looked up for a page of lines at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

from integration.imports.masterdata.plans import Plan

_Row = TypeVar("_Row", bound=Model)


def named(rows: QuerySet[_Row], by: str, names: Iterable[str]) -> dict[str, _Row]:
    """Rows by what the column `by` holds; no query where nothing is asked for."""
    wanted = {name for name in names if name}
    return {getattr(row, by): row for row in rows.filter(**{f"{by}__in": wanted})} if wanted else {}


def given(plans: Iterable[Plan], field: str) -> set[str]:
    """The different texts lines give for a field."""
    return {text for plan in plans if (text := plan.given.get(field))}


def with_zeros(number: str, most: int = 4) -> list[str]:
    """What a number of digits may have been before a spreadsheet took the zeros at its beginning."""
    return ["0" * count + number for count in range(1, most + 1)] if number.isascii() and number.isdigit() else []


def lost_zeros(before: object, after: object) -> bool:
    """Whether `after` is `before` without the zeros at its beginning."""
    return (
        isinstance(before, str)
        and isinstance(after, str)
        and before != after
        and after.isdigit()
        and before.isdigit()
        and before.lstrip("0") == after.lstrip("0")
        and len(before) > len(after)
    )
