"""The lists of exports and of the series in one of them, with their filters. Those named `…ApiFilter` are the query
parameters of the API."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter, TrueFalseFilter
from aim.web.formats import grouped
from aim.web.tables import Column, Table
from aim.web.tones import State as Badge
from aim.web.widgets import DayRange
from integration.exports.registry import choices, label_of
from integration.exports.states import BADGES
from integration.models import ExportSeries, FileExport
from integration.tables import octets

_WRITTEN, _PARTLY, _EMPTY = Badge("Written", "ok"), Badge("In part", "warn"), Badge("No values", "muted")
_REFUSED, _WAITS, _NEVER = Badge("Left out", "bad"), Badge("Not yet", "busy"), Badge("Not written", "muted")


def who(row: FileExport) -> str:
    """The person who asked for the file, or the system itself."""
    return (row.created_by.get_full_name() or row.created_by.username) if row.created_by else "The system"


def outcome(row: ExportSeries) -> Badge:
    """What became of a series, as a badge."""
    if row.refused:
        return _REFUSED
    if row.file_export.state != FileExport.State.DONE:
        return _WAITS if row.file_export.is_working else _NEVER
    if row.left_out:
        return _PARTLY
    return _WRITTEN if row.values else _EMPTY


EXPORTS = Table(
    name="exports",
    label="Exports",
    order="-created",
    bar=("q", "state", "kind"),
    columns=(
        Column("file", "File", accessor="name", link=True, fixed=True),
        Column("state", "State", accessor=lambda row: BADGES[row.state], sort="state"),
        Column("format", "Format", accessor=lambda row: label_of(row.format), sort="format"),
        Column("series", "Series", accessor=lambda row: grouped(row.series_count), sort="series_count", align="end",
               export=lambda row: row.series_count),
        Column("values", "Values", accessor=lambda row: grouped(row.values) if row.values else None, align="end",
               export=lambda row: row.values),
        Column("size", "Size", accessor=lambda row: octets(row.file.octets) if row.file else None, align="end",
               export=lambda row: row.file.octets if row.file else None),
        Column("created", "Asked for", accessor="created_at", sort="created_at"),
        Column("who", "By", accessor=who),
        Column("utility", "Utility", accessor="utility.name", sort="utility__name", hidden=True),
        Column("finished", "Ended", accessor="finished_at", sort="finished_at", hidden=True),
        Column("action", "Action", template="headend/cells/code.html", hidden=True),
    ),
)  # fmt: skip

SERIES = Table(
    name="export-series",
    label="Series",
    order="number",
    bar=("q", "which"),
    columns=(
        Column("number", "No.", accessor=lambda row: grouped(row.number), sort="number", align="end", fixed=True),
        Column("point", "Metering point", accessor="series.metering_point.gsrn"),
        Column("quantity", "Quantity", accessor="series.measured_property", template="integration/exports/series.html"),
        Column("rhythm", "Rhythm", accessor="series.rhythm"),
        Column("source", "Meter", accessor="series.source", hidden=True),
        Column("outcome", "Outcome", accessor=outcome),
        Column("values", "Values", accessor=lambda row: grouped(row.values), sort="values", align="end",
               export=lambda row: row.values),
        Column("left_out", "Left out", accessor=lambda row: grouped(row.left_out), sort="left_out", align="end",
               export=lambda row: row.left_out),
        Column("reason", "Reason", accessor="reason"),
    ),
)  # fmt: skip


def _search(words: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": words})


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

    q = filters.CharFilter("name", lookup_expr="icontains", label="Search", widget=_search("Name of the file"))
    state = filters.ChoiceFilter(choices=FileExport.State.choices, label="State", empty_label="All")
    kind = filters.ChoiceFilter(field_name="format", choices=choices, label="Format", empty_label="All")
    by = filters.CharFilter("created_by__username", lookup_expr="icontains", label="By", widget=_search("User name"))
    created = filters.DateFromToRangeFilter("created_at", label="Asked for on the days", widget=DayRange)

    class Meta:
        model = FileExport
        fields: list[str] = []


class SeriesFilter(FilterSet):
    """The filters of the series of an export."""

    q = filters.CharFilter(
        "series__metering_point__gsrn", lookup_expr="startswith", label="Metering point", widget=_search("GSRN")
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
