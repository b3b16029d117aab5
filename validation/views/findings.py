"""The exception queue: the list, and how many wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.empty import EmptyState
from aim.web.links import Action
from aim.web.listing import Listing
from aim.web.lists import TableView
from validation.filters import WAITING, FindingFilter
from validation.models import Finding
from validation.ordering import ranked
from validation.tables import FINDINGS
from validation.words import is_overdue, state_of

MOST_COUNTED = 999
_VIEWS = (
    ("Waiting", ""),
    ("Mine", "owner=me"),
    ("Unassigned", "owner=nobody"),
    ("Overdue", "due=overdue"),
    ("All", "state=all"),
)


@dataclass(frozen=True)
class Preset:
    """A way to look at the queue that is asked for often."""

    label: str
    url: str
    current: bool


class FindingList(TableView):
    """What validation found and nobody has decided yet, the most urgent first."""

    permission_required = "validation.view_finding"
    model = Finding
    table = FINDINGS
    filterset_class = FindingFilter
    title = "Exceptions"
    lead = "Values that failed validation and wait for a decision, the most urgent first."
    template_name = "validation/findings.html"
    empty = EmptyState("nothing", "No exceptions wait", "Everything that validation found is decided.")

    def get_queryset(self) -> QuerySet[Finding]:
        rows: QuerySet[Finding] = super().get_queryset()
        return ranked(joined(rows))

    def complete_rows(self, rows: Sequence[Any]) -> None:
        now, query = timezone.now(), filters_of(self.request)
        for row in rows:
            row.overdue, row.shown_state = is_overdue(row, now), state_of(row)
            row.queue_url = row.get_absolute_url() + query

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        return super().get_context_data(listing) | {"presets": presets(self.request)}

    def get_page_actions(self) -> list[Action]:
        return [
            Action("Result groups", reverse("validation:groups"), "inbox", "validation.view_resultgroup"),
            Action("How rules do", reverse("validation:rule-performance"), "gauge", "validation.view_rule"),
        ]


class FindingCount(PermissionGate, VisibleMixin):
    """How many exceptions wait, for the navigation; nothing where none does."""

    permission_required = "validation.view_finding"
    model = Finding

    def get(self, request: HttpRequest) -> HttpResponse:
        count = self.get_queryset().filter(WAITING).order_by()[: MOST_COUNTED + 1].count()
        context = {"count": min(count, MOST_COUNTED), "most": MOST_COUNTED}
        return render(request, "validation/parts/count.html", context)


def joined(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """With everything that is said of a finding in words."""
    return rows.select_related(
        "series__measured_property", "series__metering_point__utility", "series__metering_point__transformer_area",
        "owner", "group",
    )  # fmt: skip


def filters_of(request: HttpRequest) -> str:
    """The filters of the queue as a query string, without place, columns and order; empty where there are none."""
    kept = request.GET.copy()
    for key in list(kept):
        if (key not in FindingFilter.base_filters and key not in ("day_after", "day_before")) or not kept[key]:
            kept.pop(key)
    return f"?{kept.urlencode()}" if kept else ""


def presets(request: HttpRequest) -> list[Preset]:
    """The usual looks at the queue, the current one marked."""
    here, path = filters_of(request).removeprefix("?"), reverse("validation:findings")
    return [Preset(label, f"{path}?{query}" if query else path, query == here) for label, query in _VIEWS]
