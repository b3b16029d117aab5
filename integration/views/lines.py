"""The lines of a file of master data: what each brings, field by field, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404

from access import audit
from access.models import User
from aim.web.empty import EmptyState
from integration.filters.imports import LineFilter
from integration.imports.contents import content_of
from integration.imports.masterdata.glance import hide_customers
from integration.models import ImportRow
from integration.tables.imports import LINES
from integration.views.imports import OfImport

_TAB = "integration:lines"


class LinePage(OfImport):
    """Every line that names a metering point or a device. Names of customers that are shown are recorded as seen."""

    model = ImportRow
    table = LINES
    filterset_class = LineFilter
    download = "lines"
    empty = EmptyState("nothing", "No lines found", "The file has no line below its headings.")

    def get_queryset(self) -> QuerySet[ImportRow]:
        if content_of(self.row).tab[1] != _TAB:
            raise Http404("This import has no lines of master data.")
        rows: QuerySet[ImportRow] = super().get_queryset().defer("effects")
        return rows

    def complete_rows(self, rows: Sequence[Any]) -> None:
        hide_customers(self.request, rows)
        user = cast("User", self.request.user)
        numbers = {number for row in rows if (number := row.given.get("customer_number"))}
        if numbers and user.has_perm("metering.view_customer"):
            details, summary = {"customers": sorted(numbers)}, f"Customers seen in the import {self.row.name}"
            audit.record("customers read", summary, user=user, utility=self.row.utility, details=details)
