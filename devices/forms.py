"""Forms of the admin: a device hung at a metering point, and taken down again."""

from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from devices.descriptions import DescriptionError, description
from devices.models import Device, Installation


class InstallationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new installation, or the end of one: what was installed where and since when does not change afterwards."""

    class Meta:
        model = Installation
        fields = ("device", "metering_point", "period")

    def clean_period(self) -> DateTimeTZRange:
        period: DateTimeTZRange | None = self.cleaned_data["period"]
        if period is None or period.lower is None:
            raise forms.ValidationError("Say when the device was installed.")
        if period.upper is not None and period.upper > timezone.now():
            raise forms.ValidationError("An installation ends when the device is taken down, not before.")
        return self._with_the_stored_begin(period) if self.instance.pk else period

    def clean_device(self) -> Device:
        """Only a described model promises series."""
        device: Device = self.cleaned_data["device"]
        try:
            description(device.model.code)
        except DescriptionError as error:
            raise forms.ValidationError(str(error)) from error
        return device

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        device, point = cleaned.get("device"), cleaned.get("metering_point")
        if device and point and device.utility_id != point.utility_id:
            self.add_error("metering_point", f"{device} belongs to {device.utility}, this metering point does not.")
        return cleaned

    def _with_the_stored_begin(self, period: DateTimeTZRange) -> DateTimeTZRange:
        """The form shows whole seconds; the begin on file is kept to the microsecond."""
        stored: DateTimeTZRange = self.initial["period"]
        if period.lower != stored.lower.replace(microsecond=0):
            raise forms.ValidationError("The begin of an installation stays: values were read and stored by it.")
        if stored.upper is not None and period.upper != stored.upper.replace(microsecond=0):
            raise forms.ValidationError("This installation has ended; a device that came back has a new one.")
        return stored if stored.upper is not None else DateTimeTZRange(stored.lower, period.upper)
