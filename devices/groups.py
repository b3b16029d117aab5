"""What a group of devices stands for: its members, or what its filter finds now."""

from typing import cast
from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import filters

from access.models import Segment
from aim.web.chips import chips, filter_keys
from aim.web.state import ListState
from devices.filters import DeviceFilter
from devices.models import Device, DeviceGroup, GroupMember
from devices.models.group import LONGEST_FILTER
from devices.tables import DEVICES
from metering.models import TransformerArea


class StoredDeviceFilter(DeviceFilter):
    """The filter of the device list without a person who asks: whoever saved it could choose what it names.

    What it finds is narrowed to the devices of its utility by whoever uses it.
    """

    transformer_area = filters.ModelChoiceFilter(
        queryset=TransformerArea.objects.all(), method="in_area", label="Transformer area"
    )
    segment = filters.ModelChoiceFilter(queryset=Segment.objects.all(), label="Segment")


def devices_of(group: DeviceGroup) -> QuerySet[Device]:
    """The devices of the group as they are now, whoever asks; narrow them by `visible_to` for a person."""
    devices = Device.objects.filter(utility=group.utility_id)
    if not group.is_dynamic:
        return devices.filter(pk__in=GroupMember.objects.filter(group=group).order_by().values("device"))
    return matching(devices, group.query)


def matching(devices: QuerySet[Device], query: str) -> QuerySet[Device]:
    """`devices` that a query string of the device list finds; none where the filter is not valid any more."""
    found = StoredDeviceFilter(QueryDict(query), queryset=devices)
    return cast("QuerySet[Device]", found.qs) if found.is_valid() else devices.none()


def filter_of(query: str) -> str:
    """A query string of the device list reduced to its filters: no order, columns, pages or choices."""
    known = _parameters()
    pairs = [(name, value) for name, value in parse_qsl(query) if name in known and value]
    return urlencode(pairs)


def filter_problem(query: str) -> str:
    """Why the query string is no filter, in words; empty when it is one. A group of all devices needs no filter."""
    if len(query) > LONGEST_FILTER:
        return f"The filter is longer than {LONGEST_FILTER} characters."
    unknown = sorted({name for name, _ in parse_qsl(query)} - _parameters())
    if unknown:
        return f"The device list has no filter {', '.join(unknown)}."
    if not filter_of(query):
        return "The filter is empty: it would find every device."
    found = StoredDeviceFilter(QueryDict(query), queryset=Device.objects.none())
    return "" if found.is_valid() else "; ".join(f"{name}: {errors[0]}" for name, errors in found.errors.items())


def filter_words(query: str) -> str:
    """The filter for people: `State: In operation, Transformer area: T-17 Kallio`."""
    read = QueryDict(query)
    found = StoredDeviceFilter(read, queryset=Device.objects.none())
    return ", ".join(f"{chip.label}: {chip.value}" for chip in chips(found, ListState.parse(DEVICES, read)))


def _parameters() -> frozenset[str]:
    """Names of the query parameters of the filter, those of widgets with several inputs included."""
    return frozenset(filter_keys(StoredDeviceFilter(QueryDict(""), queryset=Device.objects.none())))
