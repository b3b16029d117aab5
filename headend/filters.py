"""Filters of jobs and their items. Those named `…ApiFilter` are the query parameters of the API."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django_filters import FilterSet, filters

from access.models import User
from aim.rest.filters import IdFilter, InstantFilter
from aim.web.widgets import DayRange, search_box
from headend import causes, kinds
from headend.models import Job, JobItem, Schedule


class JobApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    state = filters.ChoiceFilter(choices=Job.State.choices)
    kind = filters.CharFilter()
    action = filters.CharFilter(help_text="Action id of the request that made the job (`X-Action-Id`).")
    created_since = InstantFilter("created_at", lookup_expr="gte", help_text="Made at this instant or later.")

    class Meta:
        model = Job
        fields: list[str] = []


class JobItemApiFilter(FilterSet):
    state = filters.ChoiceFilter(choices=JobItem.State.choices)
    device = IdFilter("device", help_text="Id of the device.")
    cause = filters.CharFilter("last_cause", help_text="Code of the last cause of failure.")

    class Meta:
        model = JobItem
        fields: list[str] = []


_SEARCH = search_box("Title or serial number")
_SERIAL = search_box("Serial number")
_UNSUCCESSFUL = (JobItem.State.FAILED, JobItem.State.EXPIRED)
_BY = [("person", "A person"), ("schedule", "A schedule"), ("system", "The system")]


def _schedules(request: HttpRequest) -> QuerySet[Schedule]:
    rows: QuerySet[Schedule] = Schedule.objects.visible_to(cast("User", request.user))
    return rows


class JobFilter(FilterSet):
    """The filters of the job list; `created` is a range of local days, both included."""

    q = filters.CharFilter(method="matching", label="Search", widget=_SEARCH)
    state = filters.ChoiceFilter(choices=Job.State.choices, label="State", empty_label="All")
    kind = filters.ChoiceFilter(choices=kinds.all_choices, label="Kind", empty_label="All")
    by = filters.ChoiceFilter(method="made_by", choices=_BY, label="Started by", empty_label="All")
    failed = filters.ChoiceFilter(
        method="with_failures", choices=[("yes", "Only jobs with failures")], label="Failures", empty_label="All"
    )
    created = filters.DateFromToRangeFilter("created_at", label="Started on the days", widget=DayRange)
    # The library takes a function of the request here, which its type stubs do not know.
    schedule = filters.ModelChoiceFilter(queryset=cast("Any", _schedules), label="Schedule", empty_label="All")

    class Meta:
        model = Job
        fields: list[str] = []

    def matching(self, rows: QuerySet[Job], name: str, text: str) -> QuerySet[Job]:
        """By words of the title, or jobs that read the device of this serial number."""
        items = JobItem.objects.visible_to(cast("User", cast("HttpRequest", self.request).user))
        read = items.filter(device__serial_number__iexact=text.strip()).values("job")
        return rows.filter(Q(title__icontains=text.strip()) | Q(pk__in=read))

    def made_by(self, rows: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        if value == "person":
            return rows.filter(created_by__isnull=False)
        return rows.filter(created_by__isnull=True, schedule__isnull=value == "system")

    def with_failures(self, rows: QuerySet[Job], name: str, value: str) -> QuerySet[Job]:
        items = JobItem.objects.visible_to(cast("User", cast("HttpRequest", self.request).user))
        return rows.filter(Exists(items.filter(job=OuterRef("pk"), state__in=_UNSUCCESSFUL)))


class JobItemFilter(FilterSet):
    """The filters of the devices of a job."""

    q = filters.CharFilter("device__serial_number", lookup_expr="istartswith", label="Device", widget=_SERIAL)
    state = filters.ChoiceFilter(choices=JobItem.State.choices, label="State", empty_label="All")
    cause = filters.ChoiceFilter(
        "last_cause", label="Last cause", empty_label="All",
        choices=sorted(((code, rule.text) for code, rule in causes.RULES.items()), key=lambda choice: choice[1]),
    )  # fmt: skip

    class Meta:
        model = JobItem
        fields: list[str] = []
