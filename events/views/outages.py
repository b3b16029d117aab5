"""Outages of transformer areas: the list, what lasts now, and the page of one."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.detail import DetailPage, Fact, Tab
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.listing import Listing
from aim.web.lists import TableView
from events.filters import OutageFilter
from events.models import AreaOutage, Event, Outage
from events.outage_figures import course, customers_of
from events.tables import OUTAGES, devices_words, outage_state
from metering.views.people import user_of

MOST_OPEN = 50
MOST_DEVICES = 500
MOST_EVENTS = 500


def lasting(request: HttpRequest) -> Sequence[AreaOutage]:
    """The outages that last, the latest first, with what a line of them shows. Two queries."""
    rows = list(
        AreaOutage.objects.visible_to(user_of(request))
        .filter(ended_at=None)
        .select_related("area", "planned")[:MOST_OPEN]
    )
    complete(rows)
    return rows


def complete(rows: Sequence[Any]) -> None:
    """Give each outage its `customers`, `shown_state` and `devices_words`. One query."""
    customers = customers_of([row.pk for row in rows])
    for row in rows:
        row.customers = customers.get(row.pk, 0)
        row.shown_state, row.devices_words = outage_state(row), devices_words(row)


class OutageList(TableView):
    """Outages of transformer areas; those that last stand above the list."""

    permission_required = "events.view_areaoutage"
    model = AreaOutage
    table = OUTAGES
    filterset_class = OutageFilter
    title = "Outages"
    lead = "Transformer areas in which many devices were without power at once."
    template_name = "events/outages.html"
    empty = EmptyState("nothing", "No outages yet", "None of the areas has been without power since devices are read.")

    def get_queryset(self) -> QuerySet[AreaOutage]:
        rows: QuerySet[AreaOutage] = super().get_queryset().select_related("area", "planned")
        return rows

    def complete_rows(self, rows: Sequence[Any]) -> None:
        complete(rows)

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        return super().get_context_data(listing) | {"outages": lasting(self.request)}

    def get_page_actions(self) -> list[Action]:
        return [
            Action("Announced outages", reverse("events:planned"), "calendar", "events.view_plannedoutage"),
            Action("Announce an outage", reverse("events:planned-new"), "plus", "events.add_plannedoutage", "primary"),
        ]


class OpenOutages(PermissionGate, VisibleMixin):
    """The outages that last, as the fragment that refreshes itself."""

    permission_required = "events.view_areaoutage"
    model = AreaOutage

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "events/parts/lasting.html", {"outages": lasting(request)})


def _devices(request: HttpRequest, outage: AreaOutage) -> dict[str, Any]:
    rows = Outage.objects.visible_to(user_of(request)).filter(area_outage=outage)
    downs = list(
        rows.select_related("device", "metering_point").order_by("-ended_at", "started_at")[: MOST_DEVICES + 1]
    )
    return {
        "downs": downs[:MOST_DEVICES],
        "more": len(downs) > MOST_DEVICES,
        "bars": course(outage),
    }


def _events(request: HttpRequest, outage: AreaOutage) -> dict[str, Any]:
    rows = Event.objects.visible_to(user_of(request)).filter(area_outage=outage).select_related("device")
    return {"events": rows[:MOST_EVENTS], "more": False, "all_url": reverse("events:events")}


class OutagePage(DetailPage):
    """One outage of an area: its course, its devices, what told of it."""

    permission_required = "events.view_areaoutage"
    model = AreaOutage
    template_name = "events/outage.html"
    tabs = (
        Tab("", "Devices", "events/tabs/outage.html", context=_devices),
        Tab("events", "Events", "events/tabs/events.html", context=_events, permission="events.view_event"),
    )

    def get_queryset(self) -> QuerySet[AreaOutage]:
        rows: QuerySet[AreaOutage] = super().get_queryset().select_related("area__utility", "planned")
        return rows

    def get_zone(self) -> tzinfo:
        zone: tzinfo = self.object.area.utility.zone
        return zone

    def get_title(self) -> str:
        return f"Outage of {self.object.area}"

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Outages", reverse("events:outages"))]

    def get_page_actions(self) -> list[Action]:
        day = timezone.localtime(self.object.started_at, self.get_zone()).date()
        url = f"{reverse('events:voltage', args=[self.object.area_id])}?date={day}"
        return [Action("Voltage of the area", url, "bolt", "metering.view_series")]

    def get_strip(self) -> list[Fact]:
        outage = self.object
        complete([outage])
        facts = [
            Fact("State", outage.shown_state),
            Fact("Since", outage.started_at),
            Fact("Until", outage.ended_at),
            Fact("Devices", outage.devices_words),
            Fact("Most at once", outage.most_at_once),
            Fact("Customers", outage.customers),
        ]
        return [*facts, *([Fact("Announced", outage.planned.reason)] if outage.planned else [])]
