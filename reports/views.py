"""The dashboard: how reading goes today, what is missing, who does not answer, what happened."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from aim.web.access import may
from aim.web.formats import grouped
from aim.web.scope import scope_of
from metering.intervals import local_day
from metering.models import MeteringPoint
from metering.views.people import user_of
from reports import dashboard
from reports.tiles import tiles


class Dashboard(LoginRequiredMixin, View):
    """The start page. Every number leads to the list behind it; the page asks for its content again by itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        live = request.headers.get("HX-Target") == "dashboard"
        template = "reports/parts/content.html" if live else "reports/dashboard.html"
        shown = _communication(request) | _network(request)
        context = shown | {"title": "Dashboard", "now": timezone.now(), "tiles": tiles(shown, timezone.localdate())}
        return render(request, template, context)


def _communication(request: HttpRequest) -> dict[str, Any]:
    """Readings and jobs."""
    shown: dict[str, Any] = {}
    if may(request, "headend.view_jobitem"):
        shown["reading"] = dashboard.reading_today(request, local_day(timezone.localdate(), _zone(request))[0])
    if may(request, "headend.view_job"):
        shown["jobs"] = dashboard.running_jobs(request)
    return shown


def _network(request: HttpRequest) -> dict[str, Any]:
    """Metering points, devices and events."""
    shown: dict[str, Any] = {}
    today, zone = timezone.localdate(), _zone(request)
    if may(request, "devices.view_device"):
        shown["silent_count"], shown["silent"] = dashboard.silent(request)
        shown["clock_count"], shown["clocks"] = dashboard.wrong_clocks(request)
        shown["device_states"] = dashboard.devices_by_state(request)
        shown["device_count"] = sum(count for _state, _label, count in shown["device_states"])
    if may(request, "events.view_event"):
        shown["events"] = dashboard.latest_events(request, timezone.now())
    if may(request, "metering.view_meteringpoint"):
        shown |= _measured(MeteringPoint.objects.visible_to(user_of(request)), today, zone)
        shown["missing_url"] = reverse("headend:gaps") if may(request, "headend.view_gap") else "#completeness"
    return shown


def _measured(points: QuerySet[MeteringPoint], today: date, zone: ZoneInfo) -> dict[str, Any]:
    """How much there is, and how complete; without metering points neither can be asked for."""
    count = points.count()
    if not count:
        return {"point_count": 0, "energy": "–"}
    energy = dashboard.energy_yesterday(points, today, zone)
    return {
        "point_count": count,
        "energy": "–" if energy is None else grouped(energy),
        "completeness": dashboard.completeness(points, datetime.now(UTC).date()),
    }


def _zone(request: HttpRequest) -> ZoneInfo:
    return scope_of(request).zone or ZoneInfo(timezone.get_current_timezone_name())
