"""The forms of device groups."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from access.models import User, Utility
from aim.web.choices import offer
from devices.groups import filter_of, filter_problem
from devices.models import Device, DeviceGroup
from devices.models.group import LONGEST_FILTER

MOST_PASTED = 10_000
"""So many serial numbers at once."""


class GroupForm(forms.Form):
    """A new group: serial numbers, or the filter of the device list."""

    utility = forms.ModelChoiceField(queryset=Utility.objects.none(), label="Utility")
    name = forms.CharField(label="Name", max_length=80)
    description = forms.CharField(label="Description", max_length=200, required=False)
    query = forms.CharField(
        label="Filter", required=False, max_length=LONGEST_FILTER,
        help_text="As it stands in the address of the device list behind “?”; empty for a group of named devices.",
    )  # fmt: skip
    serials = forms.CharField(
        label="Serial numbers", required=False, max_length=400_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One to a line, or with commas between them.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer(self.fields["utility"], Utility.objects.visible_to(user))

    def clean_query(self) -> str:
        query = str(self.cleaned_data["query"]).strip().removeprefix("?")
        if not query:
            return ""
        reduced = filter_of(query)
        if problem := filter_problem(reduced):
            raise forms.ValidationError(problem)
        return reduced

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        utility, serials = cleaned.get("utility"), cleaned.get("serials", "").replace(",", " ").split()
        if serials and cleaned.get("query"):
            self.add_error("serials", "Give a filter or serial numbers, not both.")
        if len(serials) > MOST_PASTED:
            self.add_error("serials", f"No more than {MOST_PASTED:,} serial numbers at once.")
        elif utility:
            self._check(utility, set(serials))
        return cleaned

    def devices(self) -> QuerySet[Device]:
        """The devices of the pasted serial numbers."""
        serials = self.cleaned_data["serials"].replace(",", " ").split()
        rows: QuerySet[Device] = Device.objects.visible_to(self.user).filter(serial_number__in=serials)
        return rows.filter(utility=self.cleaned_data["utility"])

    def _check(self, utility: Utility, serials: set[str]) -> None:
        if DeviceGroup.objects.filter(utility=utility, name=self.cleaned_data.get("name", "")).exists():
            self.add_error("name", "There is a group of this name.")
        if serials:
            unknown = sorted(serials - set(self.devices().values_list("serial_number", flat=True)))
            if unknown:
                more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
                self.add_error("serials", f"Unknown to {utility}: {', '.join(unknown[:5])}{more}.")


class AddToGroupForm(forms.Form):
    """Which group the chosen devices are put into."""

    group = forms.ModelChoiceField(queryset=DeviceGroup.objects.none(), label="Group", empty_label=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = DeviceGroup.objects.visible_to(user, "change").filter(kind=DeviceGroup.Kind.STATIC)
        field: Any = self.fields["group"]
        field.queryset = groups
