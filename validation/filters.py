"""Filters of the exception queue."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_filters import FilterSet, filters

from access.models import User
from aim.web.widgets import DayRange, search_box
from metering.models import MeteringPoint, TransformerArea
from metering.search import by_text
from validation.models import Finding, ResultGroup
from validation.models.findings import Severity
from validation.rule_choices import all_conditions

WAITING = Q(state__in=Finding.WAITING)
_STATES = [
    *((state.value, str(state.label)) for state in Finding.State),
    ("all", "All, also decided ones"),
]


def _of_user(rows: Callable[[User], QuerySet[Any]]) -> Any:
    """The library takes a function of the request here, which its type stubs do not know."""
    return lambda request: rows(cast("User", cast("HttpRequest", request).user))


def _conditions() -> list[tuple[str, str]]:
    return [(each.code, each.label) for each in all_conditions()]


class FindingFilter(FilterSet):
    """The filters of the queue; without `state` only what waits for a decision. `day` is a range of local days."""

    q = filters.CharFilter(
        method="matching", label="Metering point", widget=search_box("GSRN, customer, address, serial number")
    )
    state = filters.ChoiceFilter(method="of_state", choices=_STATES, label="State", empty_label="Waiting")
    owner = filters.ChoiceFilter(
        method="of_owner", label="Owner", empty_label="All",
        choices=[("me", "Me"), ("nobody", "Nobody"), ("others", "Somebody else")],
    )  # fmt: skip
    group = filters.ModelChoiceFilter(
        queryset=_of_user(lambda user: ResultGroup.objects.visible_to(user)), label="Group", empty_label="All"
    )
    severity = filters.ChoiceFilter(choices=Severity.choices, label="Severity", empty_label="All")
    rule = filters.CharFilter("rule_name", lookup_expr="icontains", label="Rule")
    run = filters.NumberFilter("run", label="Number of the run", min_value=1)
    condition = filters.ChoiceFilter(choices=_conditions, label="Condition", empty_label="All")
    due = filters.ChoiceFilter(
        method="of_due", label="Due", empty_label="All", choices=[("overdue", "Overdue"), ("today", "Within a day")]
    )
    area = filters.ModelChoiceFilter(
        "series__metering_point__transformer_area",
        queryset=_of_user(lambda user: TransformerArea.objects.visible_to(user)),
        label="Transformer area", empty_label="All",
    )  # fmt: skip
    day = filters.DateFromToRangeFilter(label="On the days", widget=DayRange)

    class Meta:
        model = Finding
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Finding]) -> QuerySet[Finding]:
        rows: QuerySet[Finding] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(WAITING)

    def matching(self, rows: QuerySet[Finding], name: str, text: str) -> QuerySet[Finding]:
        points = by_text(MeteringPoint.objects.order_by(), text.strip(), self._user)
        return rows.filter(series__metering_point__in=points.values("pk"))

    def of_state(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        return rows if value == "all" else rows.filter(state=value)

    def of_owner(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        if value == "me":
            return rows.filter(owner=self._user)
        return rows.filter(owner=None) if value == "nobody" else rows.exclude(owner=None).exclude(owner=self._user)

    def of_due(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        until = timezone.now() + (timedelta(days=1) if value == "today" else timedelta())
        return rows.filter(WAITING, due_at__lt=until)

    @property
    def _user(self) -> User:
        return cast("User", cast("HttpRequest", self.request).user)
