"""Asking for an export: of the series of the Data Browser, or of quantities of metering points chosen in their list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from access.models import User
from aim.web.access import PermissionGate
from aim.web.links import Crumb
from integration.export_form import ExportForm
from integration.exports.entries import Entry, entries_of
from integration.exports.registry import format_of
from integration.exports.selection import (
    is_of_points,
    narrowed,
    points_of,
    quantities,
    series_named,
    series_of,
    series_with,
    zone_of,
)
from integration.services.exports import ExportError, Order, begin_export
from metering.models import Series
from metering.views.people import user_of

LOOKED_INTO = 2_000
"""Of more series than these the export itself finds out which cannot be written."""
NAMED = 20
_FIELDS = {"format": "format", "to": "last", "series": None, "": None}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query names: series by their ids, or metering points with quantities to choose from."""

    form: ExportForm
    ids: Sequence[int]
    lead: str


class NewExport(PermissionGate):
    """The form, and what becomes of it. What the format cannot say is told before anything is asked for."""

    permission_required = "integration.add_fileexport"

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, _asked(request, None))

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = _asked(request, request.POST)
        if not asked.form.is_valid():
            return _page(request, asked)
        ids = asked.ids or narrowed(_series(request), asked.form.cleaned_data["quantities"])
        user = user_of(request)
        order = asked.form.order(zone_of(user, ids))
        refused = [] if "anyway" in request.POST else refusals(user, ids, order)
        if refused:
            return _page(request, asked, refused, all_of_them=len(refused) == len(ids))
        try:
            row = begin_export(series=ids, order=order, user=user)
        except ExportError as error:
            asked.form.add_error(_FIELDS.get(error.field), str(error))
            return _page(request, asked)
        messages.success(request, f"{row.name} is being written.")
        return HttpResponseRedirect(row.get_absolute_url())


def _asked(request: HttpRequest, posted: Any) -> Asked:
    """The form for what the query names; Http404 when it names nothing the user may see."""
    initial = _days(request)
    if is_of_points(request.GET):
        points = points_of(request, user_of(request))
        offered = quantities(_series(request))
        if not offered:
            raise Http404("There are no series here that are open to you.")
        form = ExportForm(posted, offered=offered, initial=initial)
        return Asked(form, (), f"{points.count():,} metering points")
    ids = list(series_named(user_of(request), request.GET).values_list("pk", flat=True))
    if not ids:
        raise Http404("There are no series here that are open to you.")
    return Asked(ExportForm(posted, initial=initial), ids, f"{len(ids):,} series")


def _series(request: HttpRequest) -> Any:
    return series_of(user_of(request), points_of(request, user_of(request)))


def _days(request: HttpRequest) -> dict[str, date]:
    """The days of the query, or the month before this one."""
    try:
        first = date.fromisoformat(request.GET.get("first", ""))
        last = date.fromisoformat(request.GET.get("last", ""))
    except ValueError:
        last = timezone.localdate().replace(day=1) - timedelta(days=1)
        first = last.replace(day=1)
    return {"first": first, "last": last}


def refusals(user: User, ids: Sequence[int], order: Order) -> list[Entry]:
    """The series the format has no words for; of very many nobody is asked, the export lists them."""
    if len(ids) > LOOKED_INTO:
        return []
    rows = series_with(user, ids).select_related("measured_property", "metering_point")
    return [entry for entry in entries_of(list(rows), format_of(order.format), order.options) if entry.refusal]


def _page(
    request: HttpRequest, asked: Asked, refused: Sequence[Entry] = (), *, all_of_them: bool = False
) -> HttpResponse:
    context = {
        "title": "Export values",
        "lead": asked.lead,
        "crumbs": [Crumb("Exports", reverse("integration:exports"))],
        "form": asked.form,
        "refused": refused[:NAMED],
        "refused_count": len(refused),
        "more_refused": max(0, len(refused) - NAMED),
        "all_refused": all_of_them,
    }
    return render(request, "integration/exports/new.html", context, status=400 if asked.form.errors else 200)


def browser_url(series: Sequence[Series], start: datetime, end: datetime) -> str:
    """The form for what the Data Browser shows."""
    zone = series[0].metering_point.utility.zone
    days = {"first": start.astimezone(zone).date(), "last": (end - timedelta(seconds=1)).astimezone(zone).date()}
    ids = ",".join(str(row.pk) for row in series)
    return f"{reverse('integration:new-export')}?{urlencode({'series': ids, **days}, safe=',')}"


def points_url(request: HttpRequest, rows: object) -> str:
    """The form for the metering points selected in their list, by the query that selected them."""
    query = request.GET.copy()
    query.pop("action", None)
    query["of"] = "points"
    return f"{reverse('integration:new-export')}?{query.urlencode()}"
