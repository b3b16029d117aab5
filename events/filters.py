"""Filters of events. Those named `…ApiFilter` are the query parameters of the API."""

from typing import Any, cast

from django.db.models import Q, QuerySet
from django_filters import FilterSet, filters
from drf_spectacular.utils import extend_schema_field

from aim.rest.filters import IdFilter, InstantFilter
from aim.web.widgets import DayRange, search_box
from devices.filters import search_devices
from devices.models import Device
from events.catalogue import CATALOGUE
from events.models import AreaOutage, Event, Outage
from events.models.event import EventQuerySet
from metering.models import MeteringPoint

SEVERITIES = {severity.name.lower(): severity for severity in Event.Severity}
CATEGORIES = sorted({entry.category for entry in CATALOGUE.values()})


@extend_schema_field({"type": "string", "enum": ["true", "false"]})
class YesNoFilter(filters.TypedChoiceFilter):
    """`true` or `false`; anything else is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        answers = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=answers, coerce=lambda answer: answer == "true", **kwargs)


class EventApiFilter(FilterSet):
    device = IdFilter("device", help_text="Id of the device.")
    metering_point = IdFilter("metering_point", help_text="Id of the metering point.")
    category = filters.ChoiceFilter(choices=[(name, name) for name in CATEGORIES])
    open_alarms = YesNoFilter(
        method="only_open", help_text="true: warnings and worse that nobody acknowledged and no area outage stands for."
    )
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

    def only_open(self, rows: QuerySet[Event], name: str, value: bool) -> QuerySet[Event]:
        return open_alarms(rows) if value else rows

    def at_least(self, rows: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        return rows.filter(severity__gte=SEVERITIES[value])


_SEARCH = search_box("Serial number, address or GSRN")


def open_alarms(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Those of `rows` that are alarms nobody acknowledged."""
    return cast("EventQuerySet", rows).open_alarms()


class AlarmFilter(FilterSet):
    """The filters of the open alarms; `at` is a range of local days, both included."""

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


class EventFilter(AlarmFilter):
    """The filters of the event list."""

    acknowledged = filters.ChoiceFilter(
        method="of_state", label="Acknowledged", empty_label="All",
        choices=[("no", "Open alarms"), ("yes", "Acknowledged")],
    )  # fmt: skip

    def of_state(self, rows: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        return rows.filter(acknowledged_at__isnull=False) if value == "yes" else open_alarms(rows)


class OutageFilter(FilterSet):
    """The filters of the list of outages of areas."""

    area = filters.CharFilter(method="of_area", label="Transformer area or feeder", widget=search_box("Code or feeder"))
    state = filters.ChoiceFilter(
        method="of_state", label="State", empty_label="All",
        choices=[("open", "Without power"), ("ended", "Ended"), ("planned", "Planned")],
    )  # fmt: skip
    started_at = filters.DateFromToRangeFilter(label="Began on the days", widget=DayRange)

    class Meta:
        model = AreaOutage
        fields: list[str] = []

    def of_area(self, rows: QuerySet[AreaOutage], name: str, text: str) -> QuerySet[AreaOutage]:
        wanted = text.strip()
        return rows.filter(Q(area__code__istartswith=wanted) | Q(area__feeder__iexact=wanted))

    def of_state(self, rows: QuerySet[AreaOutage], name: str, value: str) -> QuerySet[AreaOutage]:
        if value == "planned":
            return rows.filter(planned__isnull=False)
        return rows.filter(ended_at__isnull=value == "open")


class OutageApiFilter(FilterSet):
    device = IdFilter("device", help_text="Id of the device.")
    metering_point = IdFilter("metering_point", help_text="Id of the metering point.")
    area_outage = IdFilter("area_outage", help_text="Id of the outage of the transformer area.")
    lasting = YesNoFilter("ended_at", lookup_expr="isnull", help_text="true: those that last.")
    start = InstantFilter("started_at", lookup_expr="gte", help_text="Began at this instant or later.")
    end = InstantFilter("started_at", lookup_expr="lt", help_text="Began before this instant.")

    class Meta:
        model = Outage
        fields: list[str] = []


class AreaOutageApiFilter(FilterSet):
    area = filters.CharFilter("area__code", help_text="Code of the transformer area.")
    lasting = YesNoFilter("ended_at", lookup_expr="isnull", help_text="true: those that last.")
    planned = YesNoFilter("planned", lookup_expr="isnull", exclude=True, help_text="true: announced ones.")
    start = InstantFilter("started_at", lookup_expr="gte", help_text="Began at this instant or later.")
    end = InstantFilter("started_at", lookup_expr="lt", help_text="Began before this instant.")

    class Meta:
        model = AreaOutage
        fields: list[str] = []
