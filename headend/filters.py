"""Filters of jobs and their items. Those named `…ApiFilter` are the query parameters of the API."""

from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter
from headend.models import Job, JobItem


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
