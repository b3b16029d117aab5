"""Filters of events. Those named `…ApiFilter` are the query parameters of the API."""

from django.db.models import Q, QuerySet
from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter
from aim.web.widgets import DayRange, search_box
from devices.filters import search_devices
from devices.models import Device
from events.catalogue import CATALOGUE
from events.models import Event
from metering.models import MeteringPoint

SEVERITIES = {severity.name.lower(): severity for severity in Event.Severity}
CATEGORIES = sorted({entry.category for entry in CATALOGUE.values()})


class EventApiFilter(FilterSet):
    device = IdFilter("device", help_text="Id of the device.")
    metering_point = IdFilter("metering_point", help_text="Id of the metering point.")
    category = filters.ChoiceFilter(choices=[(name, name) for name in CATEGORIES])
    kind = filters.ChoiceFilter(choices=[(key, entry.text) for key, entry in CATALOGUE.items()])
    severity = filters.ChoiceFilter(
        method="at_least", choices=[(name, name) for name in SEVERITIES], help_text="This severe or worse."
    )
    start = InstantFilter("at", lookup_expr="gte", help_text="Happened at this instant or later.")
    end = InstantFilter("at", lookup_expr="lt", help_text="Happened before this instant.")
    received_since = InstantFilter("received_at", lookup_expr="gte", help_text="Received at this instant or later.")

    class Meta:
        model = Event
        fields: list[str] = []

    def at_least(self, rows: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        return rows.filter(severity__gte=SEVERITIES[value])


_SEARCH = search_box("Serial number, address or GSRN")


class EventFilter(FilterSet):
    """The filters of the event list; `at` is a range of local days, both included."""

    q = filters.CharFilter(method="of_thing", label="Device or metering point", widget=_SEARCH)
    severity = filters.ChoiceFilter(
        lookup_expr="gte", label="Severity", empty_label="All",
        choices=[("30", "Critical"), ("20", "Warning or critical")],
    )  # fmt: skip
    category = filters.ChoiceFilter(
        choices=[(name, "M-Bus" if name == "m_bus" else name.capitalize()) for name in CATEGORIES],
        label="Category", empty_label="All",
    )  # fmt: skip
    kind = filters.ChoiceFilter(
        choices=sorted(((key, entry.text) for key, entry in CATALOGUE.items()), key=lambda choice: choice[1]),
        label="Event", empty_label="All",
    )  # fmt: skip
    at = filters.DateFromToRangeFilter(label="On the days", widget=DayRange)

    class Meta:
        model = Event
        fields: list[str] = []

    def of_thing(self, rows: QuerySet[Event], name: str, text: str) -> QuerySet[Event]:
        """Events of devices whose serial number, USN or host begins with `text`, or at points whose GSRN does."""
        devices = search_devices(Device.objects.order_by(), text.strip())
        points = MeteringPoint.objects.filter(gsrn__startswith=text.strip())
        return rows.filter(Q(device__in=devices.values("pk")) | Q(metering_point__in=points.values("pk")))
