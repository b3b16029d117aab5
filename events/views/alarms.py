"""Open alarms: what devices told that somebody should look at and nobody did."""

from typing import Any

from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.empty import EmptyState
from aim.web.links import Action
from aim.web.listing import Listing
from aim.web.lists import TableView
from events.filters import AlarmFilter, open_alarms
from events.models import AreaOutage, Event
from events.tables import ALARMS
from events.views.outages import lasting
from metering.views.people import user_of

SHOWN = 10
MOST_COUNTED = 999


class AlarmList(TableView):
    """Open alarms, the latest first. New ones are told above the list as they come."""

    permission_required = "events.view_event"
    model = Event
    table = ALARMS
    filterset_class = AlarmFilter
    title = "Alarms"
    lead = "Warnings and worse that nobody has acknowledged yet."
    template_name = "events/alarms.html"
    empty = EmptyState("nothing", "No open alarms", "Everything that devices reported was acknowledged.")

    def get_queryset(self) -> QuerySet[Event]:
        return open_alarms(super().get_queryset()).select_related("device", "metering_point")

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        outages = lasting(self.request) if may(self.request, "events.view_areaoutage") else []
        newest = Event.objects.visible_to(user_of(self.request)).aggregate(newest=Max("pk"))["newest"] or 0
        return super().get_context_data(listing) | {"outages": outages, "since": newest}

    def get_page_actions(self) -> list[Action]:
        return [Action("All events", reverse("events:events"), "list")]


class AlarmNews(PermissionGate, VisibleMixin):
    """The alarms that came since a page was drawn, for the fragment above the list."""

    permission_required = "events.view_event"
    model = Event

    def get(self, request: HttpRequest) -> HttpResponse:
        since = _number(request.GET.get("since", ""))
        rows = open_alarms(self.get_queryset()).filter(pk__gt=since).order_by("-pk").select_related("device")
        alarms = list(rows[: SHOWN + 1])
        context = {"since": since, "alarms": alarms[:SHOWN], "more": len(alarms) > SHOWN}
        return render(request, "events/parts/news.html", context)


class AlarmCount(PermissionGate, VisibleMixin):
    """How many alarms and outages are open, for the navigation; nothing where there are none."""

    permission_required = "events.view_event"
    model = Event

    def get(self, request: HttpRequest) -> HttpResponse:
        count = open_alarms(self.get_queryset()).order_by()[: MOST_COUNTED + 1].count()
        if may(request, "events.view_areaoutage"):
            count += AreaOutage.objects.visible_to(user_of(request)).filter(ended_at=None).count()
        return render(request, "events/parts/count.html", {"count": min(count, MOST_COUNTED), "most": MOST_COUNTED})


def _number(text: str) -> int:
    """A key as asked; 0 for anything that is none."""
    return min(int(text), 2**62) if text.isascii() and text.isdigit() else 0
