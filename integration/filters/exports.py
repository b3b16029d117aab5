"""Filters of exports and of the series in one of them."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter, TrueFalseFilter
from aim.web.widgets import DayRange, search_box
from integration.exports.registry import choices
from integration.models import ExportSeries, FileExport


class ExportApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    state = filters.ChoiceFilter(choices=FileExport.State.choices)
    kind = filters.CharFilter("format", help_text="Name of the format.")
    created_since = InstantFilter("created_at", lookup_expr="gte", help_text="Asked for at this instant or later.")

    class Meta:
        model = FileExport
        fields: list[str] = []


class ExportSeriesApiFilter(FilterSet):
    series = IdFilter("series", help_text="Id of the series.")
    refused = TrueFalseFilter(help_text="Whether the format has no words for the series.")

    class Meta:
        model = ExportSeries
        fields: list[str] = []


class ExportFilter(FilterSet):
    """The filters of the list of exports."""

    q = filters.CharFilter("name", lookup_expr="icontains", label="Search", widget=search_box("Name of the file"))
    state = filters.ChoiceFilter(choices=FileExport.State.choices, label="State", empty_label="All")
    kind = filters.ChoiceFilter(field_name="format", choices=choices, label="Format", empty_label="All")
    by = filters.CharFilter("created_by__username", lookup_expr="icontains", label="By", widget=search_box("User name"))
    created = filters.DateFromToRangeFilter("created_at", label="Asked for on the days", widget=DayRange)

    class Meta:
        model = FileExport
        fields: list[str] = []


class SeriesFilter(FilterSet):
    """The filters of the series of an export."""

    q = filters.CharFilter(
        "series__metering_point__gsrn", lookup_expr="startswith", label="Metering point", widget=search_box("GSRN")
    )
    which = filters.ChoiceFilter(
        method="only", label="Series", empty_label="All",
        choices=[("left-out", "Left out, all or in part"), ("written", "Written"), ("empty", "Without values")],
    )  # fmt: skip

    class Meta:
        model = ExportSeries
        fields: list[str] = []

    def only(self, rows: QuerySet[ExportSeries], name: str, value: str) -> QuerySet[ExportSeries]:
        if value == "left-out":
            return rows.exclude(reason="")
        return rows.filter(refused=False, values__gt=0) if value == "written" else rows.filter(refused=False, values=0)
