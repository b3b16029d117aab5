"""A rule as people write it: what it looks for, what it does about it, and for which series it is meant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from access.models import User
from devices.models import DeviceGroup
from metering.models import Series
from metering.models.network import EnergyType
from metering.models.parties import CustomerType
from validation.actions import ACTIONS, Action
from validation.forms.parameters import add_fields, read_fields
from validation.models import ResultGroup, Rule, RuleSet
from validation.models.findings import Severity
from validation.rule_check import Level, check_rule
from validation.rule_choices import Described, actions_of
from validation.set_check import contradictions

OF_CONDITION, OF_ACTION = "p_", "a_"
_SEVERITIES = (
    (Severity.INFO, "Note: nobody has to look"),
    (Severity.WARNING, "Warning: somebody looks where no value could be put in place"),
    (Severity.ERROR, "Error: somebody always looks"),
)
_ACTIONS = [
    (action.value, f"{info.label}: {info.words[0].lower()}{info.words[1:]}") for action, info in ACTIONS.items()
]
"""All of them: one that does not go with the condition is refused in words that say which do."""
_PLACES = {"parameters": OF_CONDITION, "action_parameters": OF_ACTION, "eligibility": ""}


def _several(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text="None: all."
    )


class RuleForm(forms.Form):
    """All of a rule but its condition, which was chosen before. `rule` is filled in once the form is valid."""

    name = forms.CharField(max_length=80, label="Name")
    action = forms.ChoiceField(label="What is done about it", widget=forms.RadioSelect)
    severity = forms.ChoiceField(choices=_SEVERITIES, label="Severity", widget=forms.RadioSelect)
    outages = forms.ChoiceField(choices=Rule.Outages.choices, label="Outages")
    group = forms.ModelChoiceField(
        queryset=ResultGroup.objects.none(), required=False, label="Result group",
        help_text="Where what it finds goes.",
    )  # fmt: skip
    series_kinds = _several("Kinds of series", Series.Kind.choices)
    energy_types = _several("Energy", EnergyType.choices)
    customer_types = _several("Types of customer", CustomerType.choices)
    groups = forms.ModelMultipleChoiceField(
        queryset=DeviceGroup.objects.none(), required=False, label="Device groups", help_text="None: all."
    )
    obis = forms.CharField(
        required=False, max_length=400, label="OBIS codes", help_text="Several with spaces between; empty: all."
    )
    note = forms.CharField(required=False, max_length=200, label="Why it is there")

    def __init__(self, *args: Any, rule: Rule, condition: Described, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = _stored(rule, condition) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.rule, self.condition = rule, condition
        self.allowed = actions_of(rule.rule_set, condition)
        action: Any = self.fields["action"]
        action.choices = _ACTIONS
        action.widget.choices = [choice for choice in _ACTIONS if choice[0] in self.allowed]
        if rule.rule_set.kind == RuleSet.Kind.PERIODIC:
            self.fields["outages"].widget = forms.HiddenInput()
        utility = rule.rule_set.utility_id
        self._offer("group", ResultGroup.objects.visible_to(user).filter(utility=utility))
        self._offer("groups", DeviceGroup.objects.visible_to(user).filter(utility=utility))
        add_fields(self, condition.parameters, OF_CONDITION, rule.parameters)
        for each in self.allowed:
            add_fields(self, ACTIONS[each].parameters, OF_ACTION, rule.action_parameters)

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field: Any = self.fields[name]
        field.queryset = rows

    @property
    def condition_fields(self) -> list[forms.BoundField]:
        """The fields of the condition's parameters."""
        return [self[name] for name in self.fields if name.startswith(OF_CONDITION)]

    @property
    def action_fields(self) -> list[forms.BoundField]:
        """The fields of the actions' parameters."""
        return [self[name] for name in self.fields if name.startswith(OF_ACTION)]

    @property
    def refused(self) -> list[str]:
        """The actions this condition cannot have, by name."""
        return [info.label for action, info in ACTIONS.items() if action not in self.allowed]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        parameters = read_fields(self, self.condition.parameters, OF_CONDITION)
        action = cleaned.get("action")
        declared = ACTIONS[Action(action)].parameters if action else ()
        told = read_fields(self, declared, OF_ACTION)
        if not self.errors:
            self._fill(cleaned, parameters, told)
            self._check()
        return cleaned

    def _check(self) -> None:
        """What is wrong with the rule, by itself and beside the others of its set."""
        others = [each for each in self.rule.rule_set.rules.order_by("position") if each.pk != self.rule.pk]
        at = (self.rule.position or len(others) + 1) - 1
        found = check_rule(self.rule) + contradictions([*others[:at], self.rule, *others[at:]])
        for problem in found:
            if problem.level is Level.ERROR:
                self.add_error(self._place(problem.field), problem.message)

    def _place(self, field: str) -> str | None:
        """The field of the form a problem belongs to; None: the form as a whole."""
        where, _, name = field.partition(".")
        place = _PLACES[where] + name if where in _PLACES else where
        return place if place in self.fields else None

    def _fill(self, cleaned: dict[str, Any], parameters: dict[str, Any], told: dict[str, Any]) -> None:
        rule = self.rule
        rule.condition, rule.parameters, rule.action_parameters = self.condition.code, parameters, told
        for name in ("name", "action", "severity", "outages", "group", "note"):
            setattr(rule, name, cleaned[name])
        chosen = {name: cleaned[name] for name in ("series_kinds", "energy_types", "customer_types")}
        chosen |= {"groups": _keys(cleaned["groups"]), "obis": cleaned["obis"].replace(",", " ").split()}
        rule.eligibility = {name: value for name, value in chosen.items() if value}


def _stored(rule: Rule, condition: Described) -> dict[str, Any]:
    """What the form begins with."""
    meant = rule.eligibility
    return {
        "name": rule.name or condition.label, "action": rule.action, "severity": rule.severity, "outages": rule.outages,
        "group": rule.group_id, "note": rule.note, "obis": " ".join(meant.get("obis", ())),
        **{name: meant.get(name, []) for name in ("series_kinds", "energy_types", "customer_types", "groups")},
    }  # fmt: skip


def _keys(rows: QuerySet[Model]) -> list[int]:
    return sorted(row.pk for row in rows)
