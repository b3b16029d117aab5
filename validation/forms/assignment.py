"""Saying for which series a rule set is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from access.models import User
from aim.web.choices import offer
from devices.models import DeviceGroup
from metering.models import Series
from validation.models import Assignment, RuleSet
from validation.models.rules import Role
from validation.reach import whole_utilities

if TYPE_CHECKING:
    _AssignmentForm = forms.ModelForm[Assignment]
else:  # Django's forms take no type argument at run time.
    _AssignmentForm = forms.ModelForm


class AssignmentForm(_AssignmentForm):
    """A rule set, when it runs, and its target: a series, a group, a type of customer, else the whole utility."""

    series = forms.IntegerField(
        required=False, min_value=1, label="Series",
        help_text="Its number as in the address of the Data Browser; most easily from the page of the metering point.",
    )  # fmt: skip

    class Meta:
        model = Assignment
        fields = (
            "utility", "rule_set", "role", "series", "group", "customer_type", "energy_type", "priority", "days_after",
        )  # fmt: skip
        help_texts = {"priority": "Among assignments of the same kind the smallest number holds."}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer(self.fields["utility"], whole_utilities(user))
        for name, model in (("rule_set", RuleSet), ("group", DeviceGroup)):
            field: Any = self.fields[name]
            field.queryset = model.objects.visible_to(user)
        self.fields["customer_type"].label = "Type of customer"
        self.fields["energy_type"].label = "Energy"

    def clean_series(self) -> Series | None:
        asked = self.cleaned_data["series"]
        if asked is None:
            return None
        found: Series | None = Series.objects.visible_to(self.user).filter(pk=asked).first()
        if found is None:
            raise forms.ValidationError("There is no such series.")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        utility = cleaned.get("utility")
        for name in ("rule_set", "group"):
            row = cleaned.get(name)
            if utility and row and row.utility_id != utility.pk:
                self.add_error(name, f"This belongs to {row.utility}, not to {utility}.")
        series = cleaned.get("series")
        if utility and series and series.metering_point.utility_id != utility.pk:
            self.add_error("series", f"This series does not belong to {utility}.")
        if cleaned.get("role") != Role.FINAL:
            cleaned["days_after"] = Assignment._meta.get_field("days_after").get_default()
        return cleaned
