"""The list page. A subclass declares the table, the filter set and the rows; everything else is here.

    class DeviceList(TableView):
        permission_required = "devices.view_device"
        model = Device
        table = DEVICES
        filterset_class = DeviceFilter
        title = "Devices"
        empty = EmptyState("nothing", "No devices yet", "Import a factory file.", url="…", link="Import")

        def get_queryset(self) -> QuerySet[Device]:
            return super().get_queryset().select_related("model")

The same URL answers with the full page, the region alone (htmx), a CSV file (`format=csv`) or the confirmation of a
bulk action (`action=`). A page costs two queries whatever its size, the rows and their count, besides the door's own.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django_filters import FilterSet

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.bulk import BulkAction, Confirmation, confirmation, problem_with, selected
from aim.web.chips import chips
from aim.web.empty import BAD_FILTER, NOTHING, EmptyState, no_match
from aim.web.errors import forbidden
from aim.web.export import csv_response
from aim.web.links import Action, Crumb
from aim.web.listing import Listing
from aim.web.pagination import ordering, paginate
from aim.web.state import ListState
from aim.web.tables import Table


class TableView(PermissionGate, VisibleMixin):
    """A declared list as a page, a fragment, a file and a starting point of bulk actions."""

    table: ClassVar[Table]
    filterset_class: ClassVar[type[FilterSet] | None] = None
    title: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    empty: ClassVar[EmptyState] = NOTHING
    template_name: ClassVar[str] = "web/list.html"
    region_template: ClassVar[str] = "web/list_region.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "action" in request.GET:
            return self._confirm(self._action())
        if request.GET.get("format") == "csv":
            return self._export()
        listing = self.get_listing()
        template = self.region_template if self._wants_region(listing) else self.template_name
        response = render(request, template, self.get_context_data(listing))
        response.headers["Vary"] = "HX-Request, Cookie"
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Run the confirmed bulk action on the selection of the query string."""
        action = self._action()
        if not may(request, action.permission):
            return forbidden(request, permission=action.permission)
        asked = self._asked(action)
        problem = problem_with(asked, request.POST)
        return self._confirm(action, problem) if problem else HttpResponseRedirect(action.run(request, asked.rows))

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        """Template context; extend it for a page that shows more than the list."""
        return {
            "listing": listing,
            "title": self.title or self.table.label,
            "lead": self.lead,
            "crumbs": self.get_crumbs(),
            "page_actions": [action for action in self.get_page_actions() if may(self.request, action.permission)],
        }

    def get_crumbs(self) -> list[Crumb]:
        return []

    def get_page_actions(self) -> list[Action]:
        """Buttons of the page header; those the user may not use are left out."""
        return []

    def get_listing(self) -> Listing:
        """The page in the state the URL names. Two queries: the count and the rows."""
        state, filterset = ListState.parse(self.table, self.request.GET), self.get_filterset()
        order = self.table.sortable[state.sorted_by]
        page = paginate(
            self._matching(filterset), order=order, descending=state.descending, size=state.size, place=state.place
        )
        self.complete_rows(page.rows)
        listing = Listing(self.table, state, page, filterset, chips(filterset, state), self._permitted())
        return listing if page.rows else replace(listing, empty=self._empty_state(listing))

    def complete_rows(self, rows: Sequence[Any]) -> None:
        """Set on `rows` what no join can bring, all at once: of the page shown, and of each chunk of an export."""

    def get_filterset(self) -> FilterSet | None:
        if self.filterset_class is None:
            return None
        return self.filterset_class(self.request.GET, queryset=self.get_queryset(), request=self.request)

    def _matching(self, filterset: FilterSet | None) -> QuerySet[Any]:
        """The rows the filters leave; none while one is not valid, so that nothing happens to rows nobody meant."""
        if filterset is None:
            return self.get_queryset()
        rows: QuerySet[Any] = filterset.qs if filterset.is_valid() else self.get_queryset().none()
        return rows

    def _empty_state(self, listing: Listing) -> EmptyState:
        if listing.filterset is not None and listing.filterset.errors:
            return BAD_FILTER
        return no_match(listing.clear_url) if listing.chips else self.empty

    def _wants_region(self, listing: Listing) -> bool:
        headers = self.request.headers
        return headers.get("HX-Target") == listing.region and "HX-History-Restore-Request" not in headers

    def _export(self) -> HttpResponseBase:
        state = ListState.parse(self.table, self.request.GET)
        order = ordering(self.table.sortable[state.sorted_by], state.descending)
        rows = self._matching(self.get_filterset()).order_by(*order)
        return csv_response(rows, state.columns, self.table.name, self.complete_rows)

    def _permitted(self) -> tuple[BulkAction, ...]:
        return tuple(action for action in self.table.actions if may(self.request, action.permission))

    def _action(self) -> BulkAction:
        action = self.table.action(self.request.GET.get("action", ""))
        if action is None:
            raise Http404("This list has no such action.")
        return action

    def _asked(self, action: BulkAction, problem: str = "") -> Confirmation:
        return confirmation(action, selected(self._matching(self.get_filterset()), self.request.GET), problem)

    def _confirm(self, action: BulkAction, problem: str = "") -> HttpResponse:
        if not may(self.request, action.permission):
            return forbidden(self.request, permission=action.permission)
        state = ListState.parse(self.table, self.request.GET)
        context = {
            "asked": self._asked(action, problem),
            "table": self.table,
            "back_url": self.request.path + state.url(),
        }
        return render(self.request, "web/confirm_action.html", context, status=409 if problem else 200)
