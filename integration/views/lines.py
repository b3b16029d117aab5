"""The lines of a file of master data: what each brings, field by field, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.forms import TextInput
from django.http import Http404, HttpRequest, HttpResponseBase
from django_filters import FilterSet, filters

from access import audit
from access.models import User
from aim.web.empty import EmptyState
from aim.web.formats import grouped
from aim.web.tables import Column, Table
from aim.web.tones import State
from integration.imports.masterdata.content import KINDS
from integration.imports.masterdata.glance import hide_customers
from integration.models import ImportRow
from integration.views.imports import OfImport, record_download

Outcome = ImportRow.Outcome
OUTCOMES = {
    Outcome.READ: State("Not weighed yet", "muted", "clock"),
    Outcome.NEW: State("New", "ok", "plus"),
    Outcome.CHANGED: State("Changed", "info"),
    Outcome.UNCHANGED: State("Unchanged", "muted"),
    Outcome.REFUSED: State("Not taken", "bad"),
}


def in_words(line: ImportRow) -> str:
    """`Street: Old 1 → New 2; Port: 4059 → 4060`."""
    return "; ".join(f"{label}: {before} → {after}" for label, before, after in line.changes)


LINES = Table(
    name="lines",
    label="Lines",
    order="line",
    bar=("q", "outcome"),
    columns=(
        Column("line", "Line", accessor=lambda row: grouped(row.line), sort="line", align="end", fixed=True,
               export=lambda row: row.line),
        Column("number", "Number", sort="number", fixed=True),
        Column("outcome", "Outcome", accessor=lambda row: OUTCOMES[row.outcome], sort="outcome"),
        Column("changes", "What changes", template="integration/cells/changes.html", export=in_words),
        Column("kept", "Stays after undoing"),
    ),
)  # fmt: skip


class LineFilter(FilterSet):
    """The filters of the lines of a file."""

    q = filters.CharFilter(
        "number",
        lookup_expr="istartswith",
        label="Number",
        widget=TextInput(attrs={"type": "search", "placeholder": "Number"}),
    )
    outcome = filters.ChoiceFilter(choices=Outcome.choices, label="Outcome", empty_label="All")
    stays = filters.BooleanFilter(method="staying", label="Stays after undoing")

    class Meta:
        model = ImportRow
        fields: list[str] = []

    def staying(self, rows: QuerySet[ImportRow], name: str, value: bool) -> QuerySet[ImportRow]:
        return rows.filter(~Q(kept="") if value else Q(kept=""))


class LinePage(OfImport):
    """Every line that names a metering point or a device. Names of customers that are shown are recorded as seen."""

    model = ImportRow
    table = LINES
    filterset_class = LineFilter
    empty = EmptyState("nothing", "No lines found", "The file has no line below its headings.")

    def get_queryset(self) -> QuerySet[ImportRow]:
        if self.row.content not in KINDS:
            raise Http404("This import has no lines of master data.")
        rows: QuerySet[ImportRow] = super().get_queryset().defer("effects")
        return rows

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().get(request, *args, **kwargs)
        if request.GET.get("format") == "csv":
            record_download(request, self.row, "lines")
        return response

    def complete_rows(self, rows: Sequence[Any]) -> None:
        hide_customers(self.request, rows)
        user = cast("User", self.request.user)
        numbers = {number for row in rows if (number := row.given.get("customer_number"))}
        if numbers and user.has_perm("metering.view_customer"):
            details, summary = {"customers": sorted(numbers)}, f"Customers seen in the import {self.row.name}"
            audit.record("customers read", summary, user=user, utility=self.row.utility, details=details)
