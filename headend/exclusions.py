"""Exclusions on screen: the list, its filters, and the forms of a new one and of one that changes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django_filters import FilterSet, filters

from access.models import User
from aim.rest.filters import IdFilter
from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from aim.web.tones import State
from aim.web.widgets import search_box
from devices.models import Device
from headend.models import Exclusion
from headend.services.exclusions import exclude_devices, take_off
from metering.views.people import user_of

ADD, CHANGE, DELETE = (f"headend.{verb}_exclusion" for verb in ("add", "change", "delete"))
MOST_AT_ONCE = 1_000
"""So many devices may be left out in one go."""
FARTHEST_DAYS = 3_650
_STATES = [("now", "Holds today"), ("ended", "Ended"), ("open", "Until further notice")]
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def state_of(row: Exclusion) -> State:
    """Whether it holds today, as a badge."""
    today = timezone.localdate()
    if row.first_day > today:
        return State("From later on", "info")
    return State("Ended", "muted") if row.last_day and row.last_day < today else State("Not counted", "warn")


class ExclusionFilter(FilterSet):
    """The filters of the list."""

    q = filters.CharFilter(method="matching", label="Search", widget=search_box("Serial number or reason"))
    state = filters.ChoiceFilter(method="in_state", choices=_STATES, label="State", empty_label="All")

    class Meta:
        model = Exclusion
        fields: list[str] = []

    def matching(self, rows: QuerySet[Exclusion], name: str, text: str) -> QuerySet[Exclusion]:
        text = text.strip()
        return rows.filter(Q(device__serial_number__istartswith=text) | Q(reason__icontains=text))

    def in_state(self, rows: QuerySet[Exclusion], name: str, value: str) -> QuerySet[Exclusion]:
        today = timezone.localdate()
        if value == "open":
            return rows.filter(last_day=None)
        ended = Q(last_day__lt=today)
        return rows.filter(ended) if value == "ended" else rows.filter(~ended, first_day__lte=today)


class ExclusionApiFilter(FilterSet):
    utility = filters.CharFilter("device__utility__code", help_text="Code of the utility.")
    device = IdFilter("device", help_text="Id of the device.")
    serial_number = filters.CharFilter("device__serial_number", help_text="Serial number of the device.")
    on = filters.DateFilter(method="covering", help_text="Those that cover this local day.")

    class Meta:
        model = Exclusion
        fields: list[str] = []

    def covering(self, rows: QuerySet[Exclusion], name: str, day: date) -> QuerySet[Exclusion]:
        return rows.filter(Q(last_day=None) | Q(last_day__gte=day), first_day__lte=day)


class ExclusionForm(forms.Form):
    """When and why; `check_days` for both forms."""

    first_day = forms.DateField(label="From", widget=_DAY, help_text="The first day that does not count.")
    last_day = forms.DateField(
        label="To",
        widget=_DAY,
        required=False,
        help_text="The last day that does not count; empty: until further notice.",
    )  # fmt: skip
    reason = forms.CharField(max_length=200, help_text="Stands in the report on data delivery.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last, today = cleaned.get("first_day"), cleaned.get("last_day"), timezone.localdate()
        for name, day in (("first_day", first), ("last_day", last)):
            if day and abs(day - today) > timedelta(days=FARTHEST_DAYS):
                self.add_error(name, "This is too far away.")
        if first and last and last < first:
            self.add_error("last_day", "This is before the first day.")
        return cleaned


class NewExclusionForm(ExclusionForm):
    """Devices by their serial numbers."""

    field_order = ("serial_numbers", "first_day", "last_day", "reason")
    serial_numbers = forms.CharField(
        label="Devices", max_length=41 * MOST_AT_ONCE, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=f"Serial numbers, with spaces, commas or line ends between them; at most {MOST_AT_ONCE:,}.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_serial_numbers(self) -> list[Device]:
        """The devices themselves."""
        asked = set(self.cleaned_data["serial_numbers"].replace(",", " ").split())
        if len(asked) > MOST_AT_ONCE:
            raise forms.ValidationError(f"At most {MOST_AT_ONCE:,} devices at once.")
        rows = Device.objects.visible_to(self.user).filter(serial_number__in=asked).select_related("utility")
        devices: list[Device] = list(rows.order_by("serial_number"))
        if unknown := sorted(asked - {device.serial_number for device in devices}):
            more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
            raise forms.ValidationError(f"There is no device {', '.join(unknown[:5])}{more}.")
        return devices


class ExclusionChangeForm(ExclusionForm):
    """The first day stays: another one is another exclusion."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_day"].disabled = True


def _take_off(request: HttpRequest, rows: QuerySet[Exclusion]) -> str:
    count = take_off(exclusions=list(rows.select_related("device__utility")), user=user_of(request))
    messages.success(request, f"{count:,} taken off.")
    return reverse("headend:exclusions")


def _leave_out(request: HttpRequest, rows: QuerySet[Any]) -> str:
    """From today on, until somebody says otherwise."""
    devices = list(rows.select_related("utility")[: MOST_AT_ONCE + 1])
    reason = request.POST.get("note", "").strip()[:200]
    if not reason or len(devices) > MOST_AT_ONCE:
        wrong = f"Choose at most {MOST_AT_ONCE:,} devices." if reason else "Give the reason."
        messages.error(request, f"Nothing was left out. {wrong}")
        return reverse("devices:devices")
    today, user = timezone.localdate(), user_of(request)
    count = exclude_devices(devices=devices, first=today, last=None, reason=reason, user=user)
    messages.success(request, f"{count:,} left out of data delivery from today on.")
    return reverse("headend:exclusions")


LEAVE_OUT = BulkAction(
    "leave-out", "Leave out of data delivery", ADD, _leave_out,
    "From today on their values do not count for data delivery, until the exclusion is ended or taken off.",
    icon="stop", note="Reason",
)  # fmt: skip
"""On the list of devices."""


def _device(row: Exclusion) -> str:
    return row.device.serial_number


EXCLUSIONS = Table(
    name="exclusions",
    label="Exclusions",
    order="-first",
    bar=("q", "state"),
    actions=(
        BulkAction(
            "take-off", "Take off", DELETE, _take_off,
            "The values of these devices count again for all these days, which are counted anew.",
            icon="trash", danger=True,
        ),
    ),
    columns=(
        Column("device", "Device", accessor=_device, sort="device__serial_number", link=True, fixed=True),
        Column("state", "State", accessor=state_of),
        Column("first", "From", accessor="first_day", sort="first_day"),
        Column("last", "To", accessor=lambda row: row.last_day or "until further notice", sort="last_day"),
        Column("reason", "Reason"),
        Column("model", "Model", accessor="device.model.name", hidden=True),
        Column("by", "By", accessor="created_by"),
        Column("made", "Made", accessor="created_at", sort="created_at", hidden=True),
    ),
)  # fmt: skip
