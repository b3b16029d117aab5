"""The list of exports, and one export: how far it is, what is in the file, what is not."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.listing import Listing
from aim.web.lists import TableView
from integration.filters.exports import ExportFilter, SeriesFilter
from integration.models import ExportSeries, FileExport
from integration.tables.exports import EXPORTS, SERIES
from integration.views.exports_head import head
from metering.views.people import user_of


class ExportList(TableView):
    """Files asked for, the latest first."""

    permission_required = "integration.view_fileexport"
    model = FileExport
    table = EXPORTS
    filterset_class = ExportFilter
    title = "Exports"
    empty = EmptyState(
        "nothing",
        "No file was asked for yet",
        "Choose metering points in their list, or series in the Data Browser, and export their values.",
    )

    def get_queryset(self) -> QuerySet[FileExport]:
        rows: QuerySet[FileExport] = super().get_queryset().select_related("created_by", "file", "utility")
        return rows

    def get_page_actions(self) -> list[Action]:
        url = reverse("metering:points")
        return [Action("Choose metering points", url, icon="pin", permission="integration.add_fileexport")]


def visible_export(request: HttpRequest, pk: int, action: str = "view") -> FileExport:
    """The export through the one door, or Http404."""
    rows = FileExport.objects.visible_to(user_of(request), action).filter(pk=pk)
    row = rows.select_related("utility", "file", "created_by").first()
    if row is None:
        raise Http404("There is no such export.")
    return row


class ExportPage(TableView):
    """One export, with the series in it and what became of each."""

    permission_required = "integration.view_fileexport"
    template_name = "integration/exports/export.html"
    model = ExportSeries
    table = SERIES
    filterset_class = SeriesFilter
    empty = EmptyState("forbidden", "Its series are not open to you", "They lie in segments of others.")

    @cached_property
    def row(self) -> FileExport:
        return visible_export(self.request, self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[ExportSeries]:
        rows: QuerySet[ExportSeries] = super().get_queryset().filter(file_export=self.row)
        return rows.select_related("file_export", "series__metering_point", "series__measured_property")

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Exports", reverse("integration:exports"))]

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        return super().get_context_data(listing) | head(self.request, self.row) | {"title": self.row.name}


class ExportHead(PermissionGate):
    """The head alone, for the page that watches the work; the whole page anew when the state has changed."""

    permission_required = "integration.view_fileexport"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_export(request, pk)
        if "HX-Request" not in request.headers:
            return HttpResponseRedirect(row.get_absolute_url())
        if request.GET.get("seen") != row.state:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "integration/exports/head.html", head(request, row))
