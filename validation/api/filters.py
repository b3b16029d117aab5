"""Query parameters of the validation resources."""

from __future__ import annotations

from django_filters import FilterSet, filters

from aim.rest.filters import IdFilter, InstantFilter, TrueFalseFilter
from validation.models import Assignment, Correction, Delivery, Finding, Rule, RuleSet, Run
from validation.models.findings import Severity
from validation.models.rules import Role

_FROM, _TO = "On this local day or later.", "On this local day or earlier."


class _OfSeries(FilterSet):
    series = IdFilter("series", help_text="Id of the series.")
    gsrn = filters.CharFilter("series__metering_point__gsrn", help_text="GSRN of the metering point.")
    utility = filters.CharFilter("series__metering_point__utility__code", help_text="Code of the utility.")


class FindingApiFilter(_OfSeries):
    state = filters.MultipleChoiceFilter(choices=Finding.State.choices, help_text="One or several.")
    severity = filters.ChoiceFilter(choices=Severity.choices)
    condition = filters.CharFilter(help_text="Code of the condition.")
    rule = IdFilter("rule", help_text="Id of the rule.")
    group = IdFilter("group", help_text="Id of the result group.")
    run = IdFilter("run", help_text="Id of the run that found it.")
    owner = filters.CharFilter("owner__username", help_text="User name of who decides about it.")
    day_from = filters.DateFilter("day", lookup_expr="gte", help_text=_FROM)
    day_to = filters.DateFilter("day", lookup_expr="lte", help_text=_TO)
    found_since = InstantFilter("found_at", lookup_expr="gte", help_text="Found at this instant or later.")

    class Meta:
        model = Finding
        fields: list[str] = []


class CorrectionApiFilter(_OfSeries):
    state = filters.ChoiceFilter(choices=Correction.State.choices)
    receiver = filters.CharFilter("delivery__receiver", help_text="Whom the day was delivered to.")
    day_from = filters.DateFilter("day", lookup_expr="gte", help_text=_FROM)
    day_to = filters.DateFilter("day", lookup_expr="lte", help_text=_TO)

    class Meta:
        model = Correction
        fields: list[str] = []


class DeliveryApiFilter(_OfSeries):
    receiver = filters.CharFilter(help_text="Whom it was delivered to.")
    day_from = filters.DateFilter("last_day", lookup_expr="gte", help_text=_FROM)
    day_to = filters.DateFilter("first_day", lookup_expr="lte", help_text=_TO)
    delivered_since = InstantFilter("delivered_at", lookup_expr="gte", help_text="At this instant or later.")

    class Meta:
        model = Delivery
        fields: list[str] = []


class RunApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    state = filters.ChoiceFilter(choices=Run.State.choices)
    trigger = filters.ChoiceFilter(choices=Run.Trigger.choices)
    dry = TrueFalseFilter(help_text="Only what-ifs (`true`), or none of them (`false`).")

    class Meta:
        model = Run
        fields: list[str] = []


class RuleSetApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    code = filters.CharFilter(help_text="Code of the set.")
    kind = filters.ChoiceFilter(choices=RuleSet.Kind.choices)

    class Meta:
        model = RuleSet
        fields: list[str] = []


class RuleApiFilter(FilterSet):
    rule_set = IdFilter("rule_set", help_text="Id of the rule set.")
    condition = filters.CharFilter(help_text="Code of the condition.")

    class Meta:
        model = Rule
        fields: list[str] = []


class AssignmentApiFilter(FilterSet):
    utility = filters.CharFilter("utility__code", help_text="Code of the utility.")
    rule_set = IdFilter("rule_set", help_text="Id of the rule set.")
    role = filters.ChoiceFilter(choices=Role.choices)
    series = IdFilter("series", help_text="Id of the series it is meant for.")

    class Meta:
        model = Assignment
        fields: list[str] = []
