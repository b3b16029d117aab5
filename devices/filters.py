"""Filters of devices and installations. Those named `…ApiFilter` are the query parameters of the API."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter
from devices.models import Device, DeviceModel, Installation


def search_devices(rows: QuerySet[Device], text: str) -> QuerySet[Device]:
    """Devices whose serial number, USN or host begins with `text`."""
    return rows.filter(Q(serial_number__istartswith=text) | Q(usn__startswith=text) | Q(host__startswith=text))


class DeviceApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    segment = filters.CharFilter("segment__code", help_text="Code of the segment.")
    serial_number = filters.CharFilter(help_text="The manufacturer's serial number.")
    usn = filters.CharFilter(help_text="The utility's own serial number.")
    state = filters.ChoiceFilter(choices=Device.State.choices)
    model = filters.CharFilter("model__code", help_text="Code of the device model.")
    metering_point = IdFilter(method="hanging_at", help_text="Id of the metering point the device hangs at now.")
    silent_since = InstantFilter(
        method="without_contact", help_text="Devices without a good contact since this instant, or without any."
    )
    search = filters.CharFilter(method="matching", help_text="Beginning of the serial number, USN or host.")

    class Meta:
        model = Device
        fields: list[str] = []

    def hanging_at(self, rows: QuerySet[Device], name: str, point: Any) -> QuerySet[Device]:
        now = Installation.objects.filter(metering_point=point, period__contains=timezone.now())
        return rows.filter(pk__in=now.values("device"))

    def without_contact(self, rows: QuerySet[Device], name: str, instant: Any) -> QuerySet[Device]:
        return rows.filter(Q(contact__last_contact_at__lt=instant) | Q(contact__last_contact_at__isnull=True))

    def matching(self, rows: QuerySet[Device], name: str, text: str) -> QuerySet[Device]:
        return search_devices(rows, text)


class DeviceModelApiFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=DeviceModel.Kind.choices)
    code = filters.CharFilter()

    class Meta:
        model = DeviceModel
        fields: list[str] = []


class InstallationApiFilter(FilterSet):
    device = IdFilter("device", help_text="Id of the device.")
    serial_number = filters.CharFilter("device__serial_number", help_text="Serial number of the device.")
    metering_point = IdFilter("metering_point", help_text="Id of the metering point.")
    gsrn = filters.CharFilter("metering_point__gsrn", help_text="GSRN of the metering point.")
    at = InstantFilter("period", lookup_expr="contains", help_text="Installations in force at this instant.")

    class Meta:
        model = Installation
        fields: list[str] = []
