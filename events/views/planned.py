"""Announced outages: the list, a new one, withdrawing one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.lists import TableView
from events.forms import PlannedOutageForm
from events.models import PlannedOutage
from events.rule_tables import PLANNED
from events.services.planned import announce
from metering.views.people import user_of


class PlannedOutageList(TableView):
    """Work on the network that was announced."""

    permission_required = "events.view_plannedoutage"
    model = PlannedOutage
    table = PLANNED
    title = "Announced outages"
    lead = "An outage that begins in an announced period of its area is shown as planned."
    empty = EmptyState("nothing", "None announced", "Announce work on the network before it begins.")

    def get_queryset(self) -> QuerySet[PlannedOutage]:
        rows: QuerySet[PlannedOutage] = super().get_queryset().select_related("area", "created_by")
        return rows

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Outages", reverse("events:outages"))]

    def get_page_actions(self) -> list[Action]:
        return [
            Action("Announce an outage", reverse("events:planned-new"), "plus", "events.add_plannedoutage", "primary")
        ]


class NewPlannedOutage(PermissionGate):
    """The form, and what becomes of it."""

    permission_required = "events.add_plannedoutage"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, PlannedOutageForm(user=user_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PlannedOutageForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return self._page(request, form)
        announce(planned=form.save(commit=False), user=user_of(request))
        messages.success(request, f"Announced for {form.instance.area}.")
        return HttpResponseRedirect(reverse("events:planned"))

    def _page(self, request: HttpRequest, form: PlannedOutageForm) -> HttpResponse:
        crumbs = [Crumb("Outages", reverse("events:outages")), Crumb("Announced", reverse("events:planned"))]
        context = {
            "title": "Announce an outage", "form": form, "submit": "Announce", "crumbs": crumbs,
            "back_url": reverse("events:planned"),
        }  # fmt: skip
        return render(request, "events/form.html", context, status=400 if form.errors else 200)
