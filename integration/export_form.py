"""The form that asks for an export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import TextChoices

from integration.exports.options import Clock, Days, Decimal, Layout, Options, Purpose, Unit
from integration.exports.registry import choices
from integration.exports.selection import Quantity
from integration.services.exports import Order
from metering.intervals import local_day

_LONGEST_RECEIVER = 10
_LEAST_YEAR, _LAST_YEAR = 2000, 2099


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _choice(label: str, kind: type[TextChoices], words: str) -> forms.ChoiceField:
    """A choice among the members of an option, the first of which is the usual one."""
    return forms.ChoiceField(label=label, choices=kind.choices, initial=kind.values[0], help_text=words)


class ExportForm(forms.Form):
    """Format, local days, and how values are written. `quantities` only where metering points were chosen."""

    format = forms.ChoiceField(label="Format")
    first = _day("From")
    last = _day("To, included")
    quantities = forms.MultipleChoiceField(label="Quantities", widget=forms.CheckboxSelectMultiple)
    layout = _choice(
        "Rows", Layout, "CSV and Excel. One per value tells the quality; one per instant has columns of series."
    )
    unit = _choice("Energy in", Unit, "CSV and Excel.")
    times = _choice("Times", Clock, "CSV and Excel. Local times carry their offset.")
    decimal = _choice("Decimal sign", Decimal, "CSV. With a comma, semicolons divide the columns.")
    purpose = _choice(
        "For", Purpose, "For billing and settlement: values that change later become corrections to be delivered."
    )
    days = _choice("Days", Days, "Verified: validated, and no exception waits for a decision. Other days are left out.")
    receiver = forms.CharField(
        label="Receiver", max_length=_LONGEST_RECEIVER, required=False,
        help_text="NEM12 and NEM13: the participant the file is for.",
    )  # fmt: skip

    def __init__(self, *args: Any, offered: Sequence[Quantity] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["format"]).choices = choices()
        if offered is None:
            del self.fields["quantities"]
            return
        field = cast(forms.MultipleChoiceField, self.fields["quantities"])
        field.choices = [(each.key, f"{each.label} · {each.series:,} series") for each in offered]
        field.initial = [each.key for each in offered[:1]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        for name, day in (("first", first), ("last", last)):
            if day and not _LEAST_YEAR <= day.year <= _LAST_YEAR:
                self.add_error(name, f"Choose a day between {_LEAST_YEAR} and {_LAST_YEAR}.")
        if first and last and last < first:
            self.add_error("last", "The last day must not be before the first.")
        return cleaned

    def order(self, zone: ZoneInfo) -> Order:
        """What a valid form asks for, its days those of `zone`."""
        cleaned = self.cleaned_data
        first, last = cast(date, cleaned["first"]), cast(date, cleaned["last"])
        options = Options.of_json({field.name: cleaned[field.name] for field in fields(Options)})
        return Order(cleaned["format"], local_day(first, zone)[0], local_day(last, zone)[1], options)
