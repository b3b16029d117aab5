"""Filters of imports, their problems, channels and lines, and of saved column mappings."""

from django.db.models import Q, QuerySet
from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter, TrueFalseFilter
from aim.web.widgets import DayRange, search_box
from integration.imports.registry import choices
from integration.models import ColumnMapping, FileImport, ImportChannel, ImportProblem, ImportRow


class ImportApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    state = filters.ChoiceFilter(choices=FileImport.State.choices)
    kind = filters.CharFilter("format", help_text="Name of the format.")
    sha256 = filters.CharFilter("file__digest", help_text="SHA-256 of the file, in hexadecimal.")
    created_since = InstantFilter("created_at", lookup_expr="gte", help_text="Given at this instant or later.")

    class Meta:
        model = FileImport
        fields: list[str] = []


class ProblemApiFilter(FilterSet):
    severity = filters.ChoiceFilter(choices=ImportProblem.Severity.choices)
    found = filters.ChoiceFilter(choices=ImportProblem.Found.choices)

    class Meta:
        model = ImportProblem
        fields: list[str] = []


class ChannelApiFilter(FilterSet):
    point = filters.CharFilter(help_text="Number of the metering point, as the file gives it.")
    series = IdFilter("series_id", help_text="Id of the series the values go to.")
    is_new = TrueFalseFilter(help_text="Whether the series is made by this import.")

    class Meta:
        model = ImportChannel
        fields: list[str] = []


class ImportFilter(FilterSet):
    """The filters of the list of imports; `created` is a range of local days, both included.

    `format` is taken, here and in the API: with it a list is asked for as a file.
    """

    q = filters.CharFilter("name", lookup_expr="icontains", label="Search", widget=search_box("Name of the file"))
    state = filters.ChoiceFilter(choices=FileImport.State.choices, label="State", empty_label="All")
    kind = filters.ChoiceFilter("format", choices=choices, label="Format", empty_label="All")
    who = filters.CharFilter(method="given_by", label="Given by", widget=search_box("Name of a person"))
    created = filters.DateFromToRangeFilter("created_at", label="Given on the days", widget=DayRange)

    class Meta:
        model = FileImport
        fields: list[str] = []

    def given_by(self, rows: QuerySet[FileImport], name: str, text: str) -> QuerySet[FileImport]:
        words = text.strip()
        named = Q(created_by__username__icontains=words) | Q(created_by__last_name__icontains=words)
        return rows.filter(named | Q(created_by__first_name__icontains=words))


class ProblemFilter(FilterSet):
    """The filters of what is wrong with a file."""

    q = filters.CharFilter(method="saying", label="Search", widget=search_box("Reason, number or what stands there"))
    severity = filters.ChoiceFilter(choices=ImportProblem.Severity.choices, label="Severity", empty_label="All")
    found = filters.ChoiceFilter(choices=ImportProblem.Found.choices, label="Found", empty_label="All")

    class Meta:
        model = ImportProblem
        fields: list[str] = []

    def saying(self, rows: QuerySet[ImportProblem], name: str, text: str) -> QuerySet[ImportProblem]:
        line = Q(line=int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else Q()
        return rows.filter(Q(reason__icontains=text) | Q(text__icontains=text) | line)


class ChannelFilter(FilterSet):
    """The filters of what is in a file."""

    q = filters.CharFilter("point", lookup_expr="istartswith", label="Metering point", widget=search_box("Number"))
    which = filters.ChoiceFilter(
        method="only", label="Series", empty_label="All",
        choices=[("new", "Made by this import"), ("there", "There already"), ("refused", "Not taken")],
    )  # fmt: skip

    class Meta:
        model = ImportChannel
        fields: list[str] = []

    def only(self, rows: QuerySet[ImportChannel], name: str, value: str) -> QuerySet[ImportChannel]:
        if value == "refused":
            return rows.exclude(refusal="")
        return rows.filter(refusal="", is_new=value == "new")


class LineFilter(FilterSet):
    """The filters of the lines of a file."""

    q = filters.CharFilter("number", lookup_expr="istartswith", label="Number", widget=search_box("Number"))
    outcome = filters.ChoiceFilter(choices=ImportRow.Outcome.choices, label="Outcome", empty_label="All")
    stays = filters.BooleanFilter(method="staying", label="Stays after undoing")

    class Meta:
        model = ImportRow
        fields: list[str] = []

    def staying(self, rows: QuerySet[ImportRow], name: str, value: bool) -> QuerySet[ImportRow]:
        return rows.filter(~Q(kept="") if value else Q(kept=""))


class MappingFilter(FilterSet):
    """The filters of saved column mappings."""

    q = filters.CharFilter("name", lookup_expr="icontains", label="Search", widget=search_box("Name"))

    class Meta:
        model = ColumnMapping
        fields: list[str] = []
