"""The fields a line of master data may give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from integration.imports.masterdata.cells import Read


def _as_it_is(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    name, label   in the layout and for people
    read          a cell as a value that can be kept as JSON
    words         headings it goes by, in four languages, besides name and label
    column        the column of the metering point or device it is kept in, where it is one
    empty         what that column holds when it is emptied; `Ellipsis` where it cannot be
    shown         its value in words
    """

    name: str
    label: str
    read: Read
    words: tuple[str, ...] = ()
    column: str = ""
    empty: Any = ...
    shown: Callable[[Any], str] = field(default=_as_it_is)

    @property
    def can_be_emptied(self) -> bool:
        """Whether a lone hyphen may stand in its cells."""
        return self.empty is not ...


def labels(model: type[Model], name: str) -> Callable[[Any], str]:
    """Shows a choice by its label."""
    choices = dict(model._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return lambda value: str(choices.get(value, value))


def degrees(value: Any) -> str:
    """A coordinate, without the zeros at its end."""
    return "" if value is None else f"{value:f}".rstrip("0").rstrip(".")
