"""Result groups: what lies in them by age; and how the rules do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.empty import EmptyState
from aim.web.links import Crumb
from aim.web.lists import TableView
from metering.views.people import user_of
from validation.groups import GroupCounts, counts_of
from validation.models import ResultGroup
from validation.performance import performance
from validation.tables import GROUPS

PERIODS = (7, 30, 90, 365)
USUAL_DAYS = 30


class GroupList(TableView):
    """Result groups with the exceptions that wait in them."""

    permission_required = "validation.view_resultgroup"
    model = ResultGroup
    table = GROUPS
    title = "Result groups"
    lead = "What rules find comes into groups, for somebody to decide and for the next task to use."
    empty = EmptyState("nothing", "No result groups yet", "A rule names the group its findings come into.")

    def get_queryset(self) -> QuerySet[ResultGroup]:
        rows: QuerySet[ResultGroup] = super().get_queryset().select_related("utility", "owner")
        return rows

    def complete_rows(self, rows: Sequence[Any]) -> None:
        counts = counts_of(rows, user_of(self.request), timezone.now())
        for row in rows:
            row.counts = counts.get(row.pk, GroupCounts())

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Exceptions", reverse("validation:findings"))]


class GroupPage(PermissionGate, VisibleMixin):
    """A group is the queue, filtered."""

    permission_required = "validation.view_resultgroup"
    model = ResultGroup

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        group = self.get_visible_or_404(pk=pk)
        return HttpResponseRedirect(f"{reverse('validation:findings')}?{urlencode({'group': group.pk})}")


class RulePerformancePage(PermissionGate):
    """`?days=30`: what every rule found, what became of it, and how often it was wrong."""

    permission_required = "validation.view_rule"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("days", "")
        days = int(asked) if asked in {str(each) for each in PERIODS} else USUAL_DAYS
        lines = performance(user_of(request), timezone.now() - timedelta(days=days))
        context = {
            "title": "How rules do",
            "lead": "A rule whose findings are accepted as they stand finds what is no error: loosen its limit.",
            "crumbs": [Crumb("Exceptions", reverse("validation:findings"))],
            "lines": lines,
            "days": days,
            "periods": PERIODS,
        }
        return render(request, "validation/performance.html", context)
