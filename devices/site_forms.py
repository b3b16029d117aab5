"""The forms of work on site: when, which meter, and what its registers showed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from access.models import User
from devices.life_cycle import State
from devices.models import Device, Installation
from devices.services.life_cycle import REASON_LENGTH
from devices.services.on_site import Exchange, Install, Remove, Work
from devices.services.stands import Key, registers_of
from metering.display import shown_in
from metering.models import MeteringPoint

FINAL, INITIAL = "final", "initial"
_DIGITS, _DECIMALS = 18, 6


class SiteForm(forms.Form):
    """The instant, and stands under `final_…` and `initial_…`. Drawn and read in the zone of the utility."""

    at = forms.DateTimeField(
        label="When", widget=forms.DateTimeInput({"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"),
        help_text="Local time of the utility.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["at"].initial = timezone.localtime().replace(microsecond=0, tzinfo=None)
        self._registers: dict[str, Sequence[Key]] = {}

    def work(self) -> Work:
        """What the valid form says."""
        raise NotImplementedError

    def add_stands(self, side: str, device: Device) -> None:
        """A field for each register of this device."""
        self._registers[side] = registers_of(device)
        for number, (obis, unit) in enumerate(self._registers[side]):
            label = f"{side.capitalize()} stand {obis} ({shown_in(unit)[0]})"
            self.fields[f"{side}_{number}"] = forms.DecimalField(
                label=label, required=False, min_value=0, max_digits=_DIGITS, decimal_places=_DECIMALS,
                help_text=f"As {device} shows it; empty where nobody noted it.",
            )  # fmt: skip

    def stands(self, side: str) -> dict[Key, Decimal]:
        """The stands that were given, in the units of their registers."""
        given = ((key, self.cleaned_data.get(f"{side}_{n}")) for n, key in enumerate(self._registers.get(side, ())))
        return {key: value.scaleb(shown_in(key[1])[1]) for key, value in given if value is not None}

    @property
    def instant(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        return at.replace(microsecond=0)


class InstallForm(SiteForm):
    """Where a device is hung up."""

    gsrn = forms.CharField(label="Metering point", max_length=18, help_text="Its GSRN, 18 digits.")
    field_order = ("gsrn", "at")

    def __init__(self, *args: Any, device: Device, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.device = device
        self.add_stands(INITIAL, device)

    def clean_gsrn(self) -> MeteringPoint:
        rows = MeteringPoint.objects.visible_to(self.user).select_related("utility")
        point = rows.filter(gsrn=self.cleaned_data["gsrn"].strip(), utility=self.device.utility_id).first()
        if point is None:
            raise forms.ValidationError(f"No metering point of {self.device.utility} open to you has this number.")
        return point

    def work(self) -> Work:
        return Install(self.device, self.cleaned_data["gsrn"], self.instant, self.stands(INITIAL))


class ExchangeForm(SiteForm):
    """Which meter takes the place; its registers are asked for as soon as it is known."""

    serial_number = forms.CharField(label="New meter", max_length=40, help_text="Its serial number.")
    field_order = ("serial_number", "at")

    def __init__(self, *args: Any, installation: Installation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.installation = installation
        self.new = self._named(str(self.data.get("serial_number", "")).strip())
        self.add_stands(FINAL, installation.device)
        self.add_stands(INITIAL, self.new or installation.device)

    def clean_serial_number(self) -> Device:
        if self.new is None:
            raise forms.ValidationError("No device open to you has this serial number.")
        return self.new

    def work(self) -> Work:
        new: Device = self.cleaned_data["serial_number"]
        return Exchange(self.installation, new, self.instant, self.stands(FINAL), self.stands(INITIAL))

    def _named(self, serial: str) -> Device | None:
        rows = Device.objects.visible_to(self.user, "install").select_related("model", "utility")
        return rows.filter(serial_number=serial).first() if serial else None


class RemoveForm(SiteForm):
    """When a device was taken down."""

    def __init__(self, *args: Any, installation: Installation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.installation = installation
        self.add_stands(FINAL, installation.device)

    def work(self) -> Work:
        return Remove(self.installation, self.instant, self.stands(FINAL))


class StateForm(forms.Form):
    """What becomes of a device, and why."""

    state = forms.ChoiceField(label="New state")
    reason = forms.CharField(max_length=REASON_LENGTH, help_text="It stands in the history of the device.")

    def __init__(self, *args: Any, states: Sequence[State], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["state"]
        field.choices = [(state.value, state.label) for state in states]
