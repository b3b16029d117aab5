"""The form of a column mapping: its settings in and out of the JSON that is kept, with every fault at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from integration.formats.table import Mapping as Declared
from integration.formats.table import MappingError, from_json, to_json
from integration.formats.table.checks import Fault
from integration.table_settings import GROUPS, ONLY_FOR, Group, fields_of

_SPELT = {"source.delimiter": {"tab": "\t"}, "numbers.thousands": {"space": " "}}
"""Signs that would be lost in a form, and the words that stand for them there."""
_UNSAID = to_json(Declared())


@dataclass(frozen=True, slots=True)
class Section:
    """A group with its fields, as the page shows it."""

    group: Group
    fields: list[tuple[BoundField, str]]

    @property
    def is_open(self) -> bool:
        return not self.group.folded or any(field.errors for field, _ in self.fields)


class TableForm(forms.Form):
    """What the columns of one file mean. `mapping` is what is proposed; what the form does not show is kept of it."""

    save_as = forms.CharField(
        label="Save these columns as", required=False, max_length=80,
        help_text="Files with the same headings are then read without asking. One of this name is replaced.",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        mapping: Declared,
        headings: Sequence[str],
        sheets: Sequence[str] = (),
        name: str = "",
        **kwargs: Any,
    ) -> None:
        self.base = to_json(mapping)
        settings = fields_of(mapping, headings, sheets)
        kwargs["initial"] = {path: _shown(path, _at(self.base, path)) for path in settings} | {"save_as": name}
        super().__init__(*args, **kwargs)
        self.fields = {**settings, **self.fields}
        self.has_sheets = len(sheets) > 1
        self.declared: Declared | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.declared = from_json(self._layout(cleaned))
            except MappingError as error:
                self._tell(error)
        return cleaned

    def layout(self) -> dict[str, Any]:
        """The JSON of the mapping, of a form that is valid."""
        if self.declared is None:
            raise ValueError("The form was not found valid.")
        return to_json(self.declared)

    def sections(self) -> Iterator[Section]:
        """The fields in their groups; a sheet is asked for where there are several."""
        for group in GROUPS:
            names = [name for name in group.names if name != "source.sheet" or self.has_sheets]
            yield Section(group, [(self[name], _classes(name)) for name in names])

    def _layout(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The proposal with what was chosen."""
        layout = {name: dict(part) if isinstance(part, dict) else part for name, part in self.base.items()}
        for path in (name for group in GROUPS for name in group.names):
            part, _, name = path.rpartition(".")
            if cleaned["layout"] in ONLY_FOR.get(path, (cleaned["layout"],)):
                (layout[part] if part else layout)[name] = _kept(path, cleaned[path])
            else:
                layout[part][name] = _at(_UNSAID, path)
        return layout

    def faults(self) -> Iterator[tuple[str, str]]:
        """Field and words of everything found wrong in what was given."""
        yield from ((name, str(text)) for name, texts in self.errors.items() for text in texts)

    def told(self, error: MappingError) -> list[str]:
        """What is missing or does not fit, by the labels of the fields."""
        return [
            f"{self.fields[path].label if path in self.fields else fault.field}: {fault.reason}."
            for fault in error.faults
            for path in [_field_of(fault)]
        ]

    def _tell(self, error: MappingError) -> None:
        for fault in error.faults:
            path = _field_of(fault)
            self.add_error(path if path in self.fields else None, f"{fault.reason[:1].upper()}{fault.reason[1:]}.")


def _field_of(fault: Fault) -> str:
    """The setting a fault is about; parts of a setting have no field of their own."""
    return ".".join(fault.field.split(".")[:2]).split("[")[0]


def _classes(path: str) -> str:
    """By which a style sheet hides what means nothing in the layout chosen."""
    return " ".join(f"for-{layout}" for layout in ONLY_FOR.get(path, ()))


def _at(layout: Mapping[str, Any], path: str) -> Any:
    part, _, name = path.rpartition(".")
    return (layout[part] if part else layout)[name]


def _shown(path: str, value: Any) -> Any:
    """A setting as its field shows it."""
    if path == "names.heading":
        return " ".join(value)
    if isinstance(value, dict):
        return "\n".join(f"{text} = {meaning}" for text, meaning in value.items())
    words = {sign: word for word, sign in _SPELT.get(path, {}).items()}
    return words.get(value, value) if isinstance(value, str) else value


def _kept(path: str, value: Any) -> Any:
    """What a field says, as the mapping keeps it."""
    if path == "names.heading":
        return value.split()
    if path in ("names.quantities", "names.qualities"):
        pairs = (line.rpartition("=") for line in value.splitlines() if line.strip())
        return {text.strip(): meaning.strip() for text, _, meaning in pairs}
    if path == "times.interval_s":
        return int(value) if value else None
    if path == "kind":
        return value or None
    return _SPELT.get(path, {}).get(value, value) if isinstance(value, str) else value
