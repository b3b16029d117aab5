"""The filters of the list of runs."""

from django.db.models import QuerySet
from django_filters import FilterSet, filters

from aim.web.widgets import DayRange
from validation.models import Run

_KINDS = [("real", "Validation"), ("dry", "What if")]


class RunFilter(FilterSet):
    """`created` is a range of local days, both included."""

    state = filters.ChoiceFilter(choices=Run.State.choices, label="State", empty_label="All")
    kind = filters.ChoiceFilter(method="of_kind", choices=_KINDS, label="Kind", empty_label="All")
    trigger = filters.ChoiceFilter(choices=Run.Trigger.choices, label="Began by", empty_label="All")
    created = filters.DateFromToRangeFilter("created_at", label="Began on the days", widget=DayRange)

    class Meta:
        model = Run
        fields: list[str] = []

    def of_kind(self, rows: QuerySet[Run], name: str, value: str) -> QuerySet[Run]:
        return rows.filter(dry=value == "dry")
