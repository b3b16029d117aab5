"""The form that asks what the columns of a file of master data mean."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms

from integration.formats.table import Source
from integration.formats.table.mapping import FileKind
from integration.imports.masterdata.columns import MOST_HEADER_ROW, Layout, holds_keys
from integration.imports.masterdata.kinds import Kind

NOT_READ = ("", "Not read")
_NAME = 80


class HeadingForm(forms.Form):
    """Where the headings stand."""

    header_row = forms.IntegerField(label="Row of the headings", min_value=1, max_value=MOST_HEADER_ROW)
    sheet = forms.CharField(label="Sheet", required=False, help_text="Empty: the first of the workbook.")

    def __init__(self, *args: Any, source: Source, **kwargs: Any) -> None:
        kwargs["initial"] = {"header_row": source.header_row, "sheet": source.sheet}
        super().__init__(*args, **kwargs)
        if source.kind is FileKind.CSV:
            del self.fields["sheet"]


class ColumnsForm(forms.Form):
    """A choice per column, and what holds for all lines."""

    make_areas = forms.BooleanField(
        label="Make transformer areas that are not there", required=False,
        help_text="Otherwise lines that name an unknown one are not taken.",
    )  # fmt: skip
    save_as = forms.CharField(
        label="Save as", max_length=_NAME, required=False,
        help_text="Files with the same headings are then read like this by themselves.",
    )  # fmt: skip

    def __init__(self, *args: Any, kind: Kind, headings: list[str], layout: Layout, **kwargs: Any) -> None:
        kwargs["initial"] = {"make_areas": layout.make_areas}
        super().__init__(*args, **kwargs)
        self.kind, self.headings = kind, headings
        meant = {heading: name for name, heading in layout.columns.items()}
        choices = [NOT_READ, *((field.name, field.label) for field in kind.fields)]
        for index, heading in enumerate(headings):
            if heading:
                label, initial = heading, meant.get(heading, "")
                self.fields[_column(index)] = forms.ChoiceField(
                    label=label, choices=choices, initial=initial, required=False
                )
        if not any(field.name == "transformer_area" for field in kind.fields):
            del self.fields["make_areas"]

    def column_of(self, index: int) -> forms.BoundField | None:
        """The choice of a column; none where it has no heading."""
        return self[_column(index)] if _column(index) in self.fields else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        names = [name for _, name in self._said(cleaned)]
        label = self.kind.field(self.kind.key).label
        if self.kind.key not in names:
            self.add_error(None, f"Say which column holds the {label}: lines are known by it.")
        for name in [name for name, count in Counter(names).items() if count > 1]:
            self.add_error(None, f"More than one column is said to be “{self.kind.field(name).label}”.")
        if any(map(holds_keys, self.headings)):
            self.add_error(None, "The file holds keys of devices: keys come in encrypted key files only.")
        return cleaned

    def _said(self, cleaned: dict[str, Any]) -> list[tuple[str, str]]:
        pairs = [(heading, cleaned.get(_column(index), "")) for index, heading in enumerate(self.headings)]
        return [(heading, name) for heading, name in pairs if name]

    def layout(self, source: Source) -> Layout:
        """What was said, of a valid form."""
        columns = {name: heading for heading, name in self._said(self.cleaned_data)}
        return Layout(source, columns, bool(self.cleaned_data.get("make_areas")))


def _column(index: int) -> str:
    return f"column-{index}"
