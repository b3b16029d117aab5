"""Which rule set judges which series: per utility a table of roles and targets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.models import Utility
from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.links import Action, Crumb
from metering.views.people import user_of
from validation.forms.assignment import AssignmentForm
from validation.models import Assignment
from validation.models.rules import Role
from validation.services.assignments import assign, remove_assignment

HOME = "validation:assignments"
_TARGETS = ("Series", "Groups", "Types of customer", "Whole utility")


@dataclass(frozen=True, slots=True)
class Cell:
    """The assignments of one rank and role."""

    label: str
    rows: list[Assignment]


@dataclass(frozen=True, slots=True)
class Grid:
    """The assignments of a utility: a line per rank, the one that holds first on top, a cell per role."""

    utility: Utility
    lines: list[tuple[str, list[Cell]]]


class AssignmentsPage(PermissionGate):
    """A table per utility; what stands higher holds before what stands lower."""

    permission_required = "validation.view_assignment"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Assignment.objects.visible_to(user_of(request)).select_related(
            "utility", "rule_set", "series__measured_property", "series__metering_point", "group"
        )
        actions = [
            Action("Assign", reverse("validation:assignment_new"), "plus", "validation.add_assignment", "primary")
        ]
        context = {
            "title": "Assignments",
            "lead": "Of several that fit, the highest line holds; within a line the smallest priority.",
            "crumbs": [Crumb("Rule sets", reverse("validation:rule_sets"))],
            "page_actions": [each for each in actions if may(request, each.permission)],
            "grids": _grids(rows),
            "roles": Role.labels,
            "may_remove": may(request, "validation.delete_assignment"),
        }
        return render(request, "validation/assignments.html", context)


def _grids(rows: QuerySet[Assignment]) -> list[Grid]:
    ordered = sorted(rows, key=lambda row: (row.utility.name, row.priority, row.pk))
    return [_grid(utility, list(of)) for utility, of in groupby(ordered, key=lambda row: row.utility)]


def _grid(utility: Utility, rows: list[Assignment]) -> Grid:
    def cells(rank: int) -> list[Cell]:
        return [Cell(role.label, [row for row in rows if row.rank == rank and row.role == role]) for role in Role]

    return Grid(utility, [(label, cells(rank)) for rank, label in enumerate(_TARGETS)])


class AssignmentNew(PermissionGate):
    """GET shows the form, begun with what the address says; POST stores it."""

    permission_required = "validation.add_assignment"

    def get(self, request: HttpRequest) -> HttpResponse:
        begun = {name: request.GET[name] for name in ("utility", "rule_set", "series", "role") if name in request.GET}
        return self._show(AssignmentForm(user=user_of(request), initial=begun))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AssignmentForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return self._show(form, status=400)
        assign(assignment=form.instance, user=user_of(request))
        messages.success(request, f"{form.instance}: from now on.")
        return HttpResponseRedirect(reverse(HOME))

    def _show(self, form: AssignmentForm, status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "title": "Assign a rule set", "back_url": reverse(HOME)}
        crumbs = [Crumb("Rule sets", reverse("validation:rule_sets")), Crumb("Assignments", reverse(HOME))]
        return render(self.request, "web/form.html", context | {"crumbs": crumbs, "submit": "Assign"}, status=status)


class AssignmentRemove(PermissionGate, VisibleMixin):
    """POST: no longer assigned."""

    permission_required = "validation.delete_assignment"
    visible_action = "delete"
    model = Assignment

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row: Assignment = self.get_visible_or_404(pk=pk)
        words = str(row)
        remove_assignment(assignment=row, user=user_of(request))
        messages.success(request, f"{words}: no longer.")
        return HttpResponseRedirect(reverse(HOME))
