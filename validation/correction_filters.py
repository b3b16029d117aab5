"""The filters of the list of corrections."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters import FilterSet, filters

from access.models import User
from aim.web.widgets import DayRange, search_box
from metering.models import MeteringPoint
from metering.search import by_text
from validation.models import Correction

_STATES = [*Correction.State.choices, ("all", "All")]


class CorrectionFilter(FilterSet):
    """Without `state` only what is to be delivered. `day` is a range of local days, both included."""

    q = filters.CharFilter(
        method="matching", label="Metering point", widget=search_box("GSRN, customer, address, serial number")
    )
    state = filters.ChoiceFilter(method="of_state", choices=_STATES, label="State", empty_label="To be delivered")
    receiver = filters.CharFilter("delivery__receiver", lookup_expr="iexact", label="Receiver")
    day = filters.DateFromToRangeFilter(label="On the days", widget=DayRange)

    class Meta:
        model = Correction
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Correction]) -> QuerySet[Correction]:
        rows: QuerySet[Correction] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(state=Correction.State.OPEN)

    def matching(self, rows: QuerySet[Correction], name: str, text: str) -> QuerySet[Correction]:
        user = cast("User", cast("HttpRequest", self.request).user)
        points = by_text(MeteringPoint.objects.order_by(), text.strip(), user)
        return rows.filter(series__metering_point__in=points.values("pk"))

    def of_state(self, rows: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        return rows if value == "all" else rows.filter(state=value)
