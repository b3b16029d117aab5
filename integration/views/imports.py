"""The list of imports, and one import: how far it is, what it would do or did, what is in the file, what is wrong."""

from functools import cached_property
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access import audit
from access.models import User
from aim.web.access import PermissionGate
from aim.web.detail import TabLink
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.listing import Listing
from aim.web.lists import TableView
from integration.filters.imports import ChannelFilter, ImportFilter, ProblemFilter
from integration.imports.contents import content_of
from integration.imports.states import State
from integration.models import FileImport, ImportChannel, ImportProblem
from integration.tables.channels import CHANNELS
from integration.tables.imports import IMPORTS, PROBLEMS
from integration.views.head import head

NEW = Action("Import a file", "", icon="plus", permission="integration.add_fileimport", kind="primary")

_NOT_READ = EmptyState("nothing", "Not read to the end", "The check of this file stopped before it was complete.")
_UNREAD = {
    State.UPLOADED: EmptyState("nothing", "Not looked into yet", "The file waits until its columns are known."),
    State.CHECKING: EmptyState("loading", "The file is being checked", "What is found in it will stand here."),
}


class ImportList(TableView):
    """Files given to imports, the latest first."""

    permission_required = "integration.view_fileimport"
    model = FileImport
    table = IMPORTS
    filterset_class = ImportFilter
    title = "Imports"
    empty = EmptyState("nothing", "No file was imported yet", "Readings come from NEM12, Green Button, CSV and Excel.")

    def get_queryset(self) -> QuerySet[FileImport]:
        rows: QuerySet[FileImport] = super().get_queryset().select_related("created_by", "file", "utility")
        return rows

    def get_page_actions(self) -> list[Action]:
        mappings = reverse("integration:mappings")
        return [
            Action("Column mappings", mappings, icon="columns", permission="integration.view_columnmapping"),
            Action(NEW.label, reverse("integration:new"), NEW.icon, NEW.permission, NEW.kind),
        ]


def visible_import(request: HttpRequest, pk: int, action: str = "view") -> FileImport:
    """The import through the one door, or Http404."""
    rows = FileImport.objects.visible_to(cast("User", request.user), action).filter(pk=pk)
    row = rows.select_related("utility", "file", "mapping", "created_by", "confirmed_by", "undone_by").first()
    if row is None:
        raise Http404("There is no such import.")
    return row


class OfImport(TableView):
    """One import with a list of what belongs to it."""

    permission_required = "integration.view_fileimport"
    template_name = "integration/import.html"
    download: ClassVar[str]
    """What the audit trail calls the list when somebody takes it home."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().get(request, *args, **kwargs)
        if request.GET.get("format") == "csv":
            record_download(request, self.row, self.download)
        return response

    @cached_property
    def row(self) -> FileImport:
        return visible_import(self.request, self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(file_import=self.row)

    def _empty_state(self, listing: Listing) -> EmptyState:
        """Nothing found in a file that was read, or not read yet: these are told apart."""
        if self.row.checked_at or listing.chips:
            return super()._empty_state(listing)
        return _UNREAD.get(State(self.row.state), _NOT_READ)

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Imports", reverse("integration:imports"))]

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        content = content_of(self.row)
        more = {"title": self.row.name, "tab_links": self._tabs(), "content_template": content.template}
        context = super().get_context_data(listing) | head(self.request, self.row) | more
        return context | content.context(self.request, self.row)

    def _tabs(self) -> list[TabLink]:
        problems = self.row.errors + self.row.repairs + self.row.notes
        label, url = content_of(self.row).tab
        here = self.table.name == PROBLEMS.name
        return [
            TabLink("Problems", self.row.get_absolute_url(), here, problems),
            TabLink(label, reverse(url, args=[self.row.pk]), not here),
        ]


class ImportPage(OfImport):
    """What is wrong with the file; as CSV all of it."""

    model = ImportProblem
    table = PROBLEMS
    filterset_class = ProblemFilter
    download = "problems"
    empty = EmptyState("nothing", "Nothing is wrong with this file", "Every line of it was understood.")


class ChannelPage(OfImport):
    """What is in the file: every quantity of every metering point."""

    model = ImportChannel
    table = CHANNELS
    filterset_class = ChannelFilter
    download = "values"
    empty = EmptyState("nothing", "No values found", "The file has no line that gives a value.")

    def get_queryset(self) -> QuerySet[ImportChannel]:
        rows: QuerySet[ImportChannel] = super().get_queryset().select_related("metering_point", "series")
        return rows


class ImportHead(PermissionGate):
    """The head alone, for the page that watches the work; the whole page anew when the state has changed."""

    permission_required = "integration.view_fileimport"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = visible_import(request, pk)
        if "HX-Request" not in request.headers:
            return HttpResponseRedirect(row.get_absolute_url())
        if request.GET.get("seen") != row.state:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "integration/parts/import_head.html", head(request, row))


def record_download(request: HttpRequest, row: FileImport, what: str) -> None:
    """Note in the audit trail that somebody took a file home."""
    user = cast("User", request.user)
    audit.record("downloaded", f"{what} of the import {row.name}", user=user, utility=row.utility, target=row)
