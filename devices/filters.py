"""Filters of devices and installations. Those named `…ApiFilter` are the query parameters of the API."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_filters import FilterSet, filters

from access.models import Segment, User
from aim.rest.filters import IdFilter, InstantFilter
from aim.web.widgets import search_box
from devices.models import Device, DeviceGroup, DeviceModel, Installation
from metering.models import TransformerArea


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

    def hanging_at(self, rows: QuerySet[Device], name: str, value: int) -> QuerySet[Device]:
        now = Installation.objects.filter(metering_point=value, period__contains=timezone.now())
        return rows.filter(pk__in=now.values("device"))

    def without_contact(self, rows: QuerySet[Device], name: str, value: datetime) -> QuerySet[Device]:
        return rows.filter(Q(contact__last_contact_at__lt=value) | Q(contact__last_contact_at__isnull=True))

    def matching(self, rows: QuerySet[Device], name: str, value: str) -> QuerySet[Device]:
        return search_devices(rows, value)


class DeviceModelApiFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=DeviceModel.Kind.choices)
    code = filters.CharFilter()

    class Meta:
        model = DeviceModel
        fields: list[str] = []


class DeviceGroupApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    name = filters.CharFilter()
    kind = filters.ChoiceFilter(choices=DeviceGroup.Kind.choices)

    class Meta:
        model = DeviceGroup
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


_SEARCH = search_box("Serial, USN, IP address, GSRN")
_ANSWERS = [("yes", "Last contact went well"), ("no", "Not answering"), ("never", "Never tried")]


def find_devices_by_text(rows: QuerySet[Device], text: str) -> QuerySet[Device]:
    """`rows` by serial number, USN or host, or hanging now at a metering point whose GSRN begins with `text`."""
    found = search_devices(Device.objects.order_by(), text).values("pk")
    if text.isascii() and text.isdigit() and len(text) > 5:
        now = Installation.objects.filter(metering_point__gsrn__startswith=text, period__contains=timezone.now())
        found = found.union(now.order_by().values("device"))
    return rows.filter(pk__in=found)


def _areas(request: HttpRequest) -> QuerySet[TransformerArea]:
    rows: QuerySet[TransformerArea] = TransformerArea.objects.visible_to(cast("User", request.user))
    return rows


def _segments(request: HttpRequest) -> QuerySet[Segment]:
    rows: QuerySet[Segment] = Segment.objects.visible_to(cast("User", request.user))
    return rows


class DeviceFilter(FilterSet):
    """The filters of the device list. Areas and segments to choose from are those opened to the user."""

    q = filters.CharFilter(method="matching", label="Search", widget=_SEARCH)
    answers = filters.ChoiceFilter(method="answering", label="Answering", choices=_ANSWERS, empty_label="All")
    state = filters.MultipleChoiceFilter(
        choices=Device.State.choices, label="State", widget=forms.CheckboxSelectMultiple()
    )
    # The library takes a function of the request here, which its type stubs do not know.
    transformer_area = filters.ModelChoiceFilter(
        queryset=cast("Any", _areas), method="in_area", label="Transformer area", empty_label="All"
    )
    segment = filters.ModelChoiceFilter(queryset=cast("Any", _segments), label="Segment", empty_label="All")
    model = filters.ModelChoiceFilter(queryset=DeviceModel.objects.all(), label="Model", empty_label="All")
    firmware = filters.CharFilter(lookup_expr="istartswith", label="Firmware begins with")
    clock = filters.NumberFilter(method="clock_off", label="Clock off by more than (s)", min_value=0)

    class Meta:
        model = Device
        fields: list[str] = []

    def matching(self, rows: QuerySet[Device], name: str, text: str) -> QuerySet[Device]:
        return find_devices_by_text(rows, text.strip())

    def answering(self, rows: Any, name: str, value: str) -> QuerySet[Device]:
        found: QuerySet[Device] = {
            "yes": rows.filter(contact__failures=0, contact__last_contact_at__isnull=False),
            "no": rows.not_answering(),
            "never": rows.filter(contact__last_attempt_at__isnull=True),
        }[value]
        return found

    def in_area(self, rows: QuerySet[Device], name: str, area: TransformerArea) -> QuerySet[Device]:
        now = Installation.objects.filter(metering_point__transformer_area=area, period__contains=timezone.now())
        return rows.filter(pk__in=now.values("device"))

    def clock_off(self, rows: Any, name: str, seconds: Any) -> QuerySet[Device]:
        found: QuerySet[Device] = rows.clock_off(float(seconds))
        return found
