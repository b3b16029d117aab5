"""The Data Browser: chart and table of some series over one period; the chart's columns; the file."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from aim.web.access import PermissionGate, may
from aim.web.charts import chart_response
from aim.web.errors import forbidden
from aim.web.scope import scope_of
from metering import panels
from metering.browser.export import csv_response
from metering.browser.notes import notes_on
from metering.browser.page import Browser, browser
from metering.browser.selection import chosen, parse_ids
from metering.charts import chart
from metering.models import Series
from metering.views.people import user_of
from metering.views.picker import pick
from metering.views.sheet import PERMISSION, save_sheet, show_sheet


def asked_browser(request: HttpRequest) -> Browser:
    """The Data Browser the request asks for, in the zone of the first series; Http404 for series out of reach."""
    series = chosen(user_of(request), parse_ids(request.GET.get("series", "")))
    return with_company(request, browser(series, query_of(request), zone_of(request, series), timezone.now()))


def with_company(request: HttpRequest, shown: Browser) -> Browser:
    """`shown` with the series compared with, the comments and what other apps offer; Http404 for what is hidden."""
    user, against = user_of(request), shown.options.against
    shown.against = chosen(user, [against])[0] if against else None
    shown.notes = notes_on(user, shown.series, shown.period) if shown.series else []
    shown.actions = panels.selection_actions(request, shown.series, shown.period.start, shown.period.end)
    return shown


def query_of(request: HttpRequest) -> dict[str, str]:
    """The query string, the last of repeated parameters."""
    return {name: request.GET.get(name, "") for name in request.GET}


def zone_of(request: HttpRequest, series: list[Series]) -> ZoneInfo:
    """The zone of the utility the first series belongs to; without series, the one the user works in."""
    if series:
        return series[0].metering_point.utility.zone
    return scope_of(request).zone or ZoneInfo(timezone.get_current_timezone_name())


class ValuesPage(PermissionGate):
    """`/values/?series=1,2&period=day&date=2026-11-20`; with `format=csv` as a file, with `edit=1` to be edited."""

    permission_required = "metering.view_series"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        shown = asked_browser(request)
        if request.GET.get("format") == "csv" and shown.series and not shown.problem:
            return _file(request, shown)
        if shown.options.edit and not may(request, PERMISSION):
            return forbidden(request, permission=PERMISSION)
        edited = show_sheet(request, shown)
        return edited if edited is not None else _page(request, shown)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Save what was typed in edit mode."""
        if not may(request, PERMISSION):
            return forbidden(request, permission=PERMISSION)
        shown = asked_browser(request)
        saved = save_sheet(request, shown)
        return saved if saved is not None else _page(request, shown)


def _page(request: HttpRequest, shown: Browser) -> HttpResponse:
    with timezone.override(shown.period.zone):
        context = {"browser": shown, "picker": pick(request, shown), "title": "Values", **powers(request)}
        return render(request, "metering/values.html", context, status=400 if shown.problem else 200)


def _file(request: HttpRequest, shown: Browser) -> HttpResponseBase:
    beside = [shown.against] if shown.against else []
    return csv_response(user_of(request), [*shown.series, *beside], shown.period, shown.now, shown.options.sums)


def powers(request: HttpRequest) -> dict[str, bool]:
    """What the user may do with the values beside looking at them."""
    return {"may_edit": may(request, PERMISSION), "may_comment": may(request, "metering.comment_values")}


class ValuesChart(PermissionGate):
    """The columns the chart of a Data Browser draws, for the same query string."""

    permission_required = "metering.view_series"

    def get(self, request: HttpRequest) -> HttpResponse:
        shown = asked_browser(request)
        if shown.problem:
            return JsonResponse({"error": shown.problem}, status=400)
        return chart_response(chart(shown.drawn, shown.now, shown.earlier, shown.notes))
