"""Filters of events. Those named `…ApiFilter` are the query parameters of the API."""

from django.db.models import QuerySet
from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter
from events.catalogue import CATALOGUE
from events.models import Event

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

    def at_least(self, rows: QuerySet[Event], name: str, severity: str) -> QuerySet[Event]:
        return rows.filter(severity__gte=SEVERITIES[severity])
