"""Saved column mappings."""

from django.db.models import Count, QuerySet
from django.urls import reverse

from aim.web.empty import EmptyState
from aim.web.links import Crumb
from aim.web.lists import TableView
from integration.filters.imports import MappingFilter
from integration.models import ColumnMapping
from integration.tables.mappings import MAPPINGS


class MappingList(TableView):
    """What columns of table files mean, by name."""

    permission_required = "integration.view_columnmapping"
    model = ColumnMapping
    table = MAPPINGS
    filterset_class = MappingFilter
    title = "Column mappings"
    lead = "Saved while importing CSV and Excel files; a file with the same headings finds its mapping by itself."
    empty = EmptyState("nothing", "No mapping saved yet", "Import a CSV or Excel file: its columns are asked for.")

    def get_queryset(self) -> QuerySet[ColumnMapping]:
        rows: QuerySet[ColumnMapping] = super().get_queryset().select_related("utility", "created_by")
        return rows.annotate(used=Count("fileimport"))

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Imports", reverse("integration:imports"))]
