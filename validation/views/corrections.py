"""Delivered days that changed since, for whoever delivered them to send on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from aim.web.empty import EmptyState
from aim.web.lists import TableView
from validation.correction_filters import CorrectionFilter
from validation.correction_tables import CORRECTIONS, values_url
from validation.models import Correction


class CorrectionList(TableView):
    """Corrections, those to be delivered first of all."""

    permission_required = "validation.view_correction"
    model = Correction
    table = CORRECTIONS
    filterset_class = CorrectionFilter
    title = "Corrections"
    lead = "Days that were exported for billing and are different now. Exporting a day for billing again settles it."
    empty = EmptyState("nothing", "Nothing to correct", "What was delivered for billing is what is stored.")

    def get_queryset(self) -> QuerySet[Correction]:
        rows: QuerySet[Correction] = super().get_queryset()
        return joined(rows)

    def complete_rows(self, rows: Sequence[Any]) -> None:
        for row in rows:
            row.values_url = values_url(row)


def joined(rows: QuerySet[Correction]) -> QuerySet[Correction]:
    """With everything that is said of a correction."""
    return rows.select_related("delivery", "series__measured_property", "series__metering_point__utility")
