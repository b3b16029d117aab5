"""The list of unknown callers: columns, filters, bulk actions, and the form that makes a device of one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django_filters import FilterSet, filters

from access.models import User, Utility
from access.querysets import opened
from aim.web.bulk import BulkAction
from aim.web.choices import offer
from aim.web.tables import Column, Table
from aim.web.tones import State
from aim.web.widgets import search_box
from devices.key_checks import UnfitKeyError, check_key
from devices.models import DeviceKey, DeviceModel
from headend.models import DiscoveredDevice
from headend.services.discovered import Acceptance, accept_by_rules, set_ignored
from metering.views.people import user_of

CHANGE = "headend.change_discovereddevice"
_STATES: dict[str, State] = {
    DiscoveredDevice.State.NEW: State("Waiting", "warn"),
    DiscoveredDevice.State.IGNORED: State("Ignored", "muted"),
    DiscoveredDevice.State.ACCEPTED: State("Accepted", "ok"),
}
_KEYS = {"encryption_key": DeviceKey.Kind.ENCRYPTION, "authentication_key": DeviceKey.Kind.AUTHENTICATION}


def state_of(found: DiscoveredDevice) -> State:
    """The state of an unknown caller as a badge."""
    return _STATES[found.state]


class DiscoveredFilter(FilterSet):
    """The filters of the list of unknown callers."""

    q = filters.CharFilter(method="matching", label="Search", widget=search_box("Title, serial number or address"))
    state = filters.ChoiceFilter(choices=DiscoveredDevice.State.choices, label="State", empty_label="All")
    manufacturer = filters.CharFilter(lookup_expr="iexact", label="Manufacturer")

    class Meta:
        model = DiscoveredDevice
        fields: list[str] = []

    def matching(self, rows: QuerySet[DiscoveredDevice], name: str, text: str) -> QuerySet[DiscoveredDevice]:
        """By the beginning of what tells callers apart."""
        text = text.strip()
        return rows.filter(
            Q(system_title__istartswith=text) | Q(serial_number__istartswith=text) | Q(address__istartswith=text)
        )


class AcceptForm(forms.Form):
    """What a person adds to what the caller said. Keys are never shown again, also not when the form has errors."""

    utility = forms.ModelChoiceField(queryset=Utility.objects.none())
    model = forms.ModelChoiceField(queryset=DeviceModel.objects.all())
    serial_number = forms.CharField(max_length=40)
    host = forms.CharField(
        max_length=255, required=False, label="Address", help_text="Where it can be reached; empty if it only pushes."
    )
    encryption_key = forms.CharField(required=False, max_length=64, help_text="Hexadecimal digits.")
    authentication_key = forms.CharField(required=False, max_length=64, help_text="Hexadecimal digits.")

    def __init__(self, *args: Any, found: DiscoveredDevice, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "model": found.model,
            "serial_number": found.serial_number or _serial(found),
            "host": "" if found.ciphered or found.concentrator else found.address,
            "utility": found.concentrator.utility if found.concentrator else None,
        }
        offer(self.fields["utility"], utilities_of(user))
        for name in _KEYS:
            self.fields[name].widget = forms.PasswordInput(attrs={"autocomplete": "off"})

    def clean(self) -> dict[str, Any]:
        """Keys as octets under `keys`."""
        cleaned = super().clean() or {}
        cleaned["keys"] = {kind: key for name, kind in _KEYS.items() if (key := self._key(name, kind))}
        return cleaned

    def acceptance(self) -> Acceptance:
        """What the valid form says."""
        said = self.cleaned_data
        return Acceptance(said["utility"], said["model"], said["serial_number"], said["host"], said["keys"])

    def _key(self, name: str, kind: str) -> bytes:
        text = str(self.cleaned_data.get(name, "")).replace(" ", "")
        try:
            key = bytes.fromhex(text)
            if key:
                check_key(kind, key)
        except UnfitKeyError as error:
            self.add_error(name, ValidationError(str(error)))
            return b""
        except ValueError:
            self.add_error(name, ValidationError("These are not hexadecimal digits."))
            return b""
        return key


def utilities_of(user: User) -> QuerySet[Utility]:
    """The utilities for which this user may accept."""
    return Utility.objects.all() if user.is_superuser else opened(user, "access_utility", Utility)


def _serial(found: DiscoveredDevice) -> str:
    return f"{found.manufacturer}{found.number:08d}" if found.number is not None else ""


def _ignore(request: HttpRequest, rows: QuerySet[DiscoveredDevice]) -> str:
    set_ignored(rows=rows, ignored=True, user=user_of(request))
    return reverse("headend:discovered")


def _take_out(request: HttpRequest, rows: QuerySet[DiscoveredDevice]) -> str:
    set_ignored(rows=rows, ignored=False, user=user_of(request))
    return reverse("headend:discovered")


def _by_rules(request: HttpRequest, rows: QuerySet[DiscoveredDevice]) -> str:
    user = user_of(request)
    accept_by_rules(rows=rows, utilities=utilities_of(user), user=user)
    return reverse("headend:discovered")


def _waiting(rows: QuerySet[DiscoveredDevice]) -> QuerySet[DiscoveredDevice]:
    return rows.exclude(state=DiscoveredDevice.State.ACCEPTED)


DISCOVERED = Table(
    name="discovered",
    label="Unknown callers",
    order="-last",
    bar=("q", "state"),
    columns=(
        Column("caller", "Caller", accessor=str, sort="caller", link=True, fixed=True),
        Column("state", "State", accessor=state_of, sort="state"),
        Column("manufacturer", "Manufacturer", sort="manufacturer"),
        Column("title", "System title", accessor="system_title", sort="system_title", hidden=True),
        Column("model", "Model, guessed", accessor="model.name"),
        Column("address", "From", sort="address"),
        Column("count", "Messages", sort="count", align="end"),
        Column("last", "Last heard", accessor="last_at", sort="last_at", template="devices/cells/age.html"),
        Column("first", "First heard", accessor="first_at", sort="first_at", hidden=True),
        Column("ciphered", "Ciphered", sort="ciphered", hidden=True),
        Column("gateway", "Address at the concentrator", accessor="gateway_address", hidden=True),
        Column("utility", "Utility", accessor="utility.name", hidden=True),
    ),
    actions=(
        BulkAction(
            "rules", "Accept by rules", CHANGE, _by_rules, "Those that fit a rule of your utilities become devices.",
            icon="check", eligible=_waiting, excluded="they are devices already.",
        ),
        BulkAction(
            "ignore", "Ignore", CHANGE, _ignore, "They stay here, but nobody needs to look at them.",
            icon="stop", eligible=lambda rows: rows.filter(state="new"), excluded="they do not wait.",
        ),
        BulkAction(
            "wait", "Look at again", CHANGE, _take_out, "They wait for somebody to accept them.",
            eligible=lambda rows: rows.filter(state="ignored"), excluded="they are not ignored.",
        ),
    ),
)  # fmt: skip
