"""Rules as sentences: "highest value of a day more than 180 % above the third highest → estimate"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from metering.models.network import EnergyType
from metering.models.parties import CustomerType
from validation.actions import ACTIONS, Action
from validation.estimation import STEPS
from validation.models import Rule
from validation.parameters import Kind, Parameter, ParameterError
from validation.rule_choices import Described, condition_of

_UNITS = {Kind.PERCENT: " %", Kind.MINUTES: " min"}


def rule_sentence(rule: Rule) -> str:
    """What the rule looks for and what it does about it, in words with its parameters."""
    return f"{condition_sentence(rule)} → {action_words(rule)}"


def condition_sentence(rule: Rule) -> str:
    """What the rule looks for; a condition nobody knows any more is called by its code."""
    found = condition_of(rule.rule_set.kind, rule.condition)
    return rule.condition if found is None else sentence(found, rule.parameters)


def sentence(condition: Described, given: Mapping[str, Any]) -> str:
    """The words of a condition with the parameters of a rule in them, wrong ones as they were written."""
    return condition.words.format_map({each.name: shown(each, given.get(each.name)) for each in condition.parameters})


def open_sentence(condition: Described) -> str:
    """The words of a condition with the names of its parameters in place of values."""
    return condition.words.format_map({each.name: f"[{each.label.lower()}]" for each in condition.parameters})


def shown(parameter: Parameter, given: object) -> str:
    """The value a rule has for a parameter, for people."""
    try:
        value = parameter.read(given)
    except ParameterError:
        return str(given or "?")
    match parameter.kind:
        case Kind.FLAG:
            return "yes" if value else "no"
        case Kind.CHOICE:
            return dict(parameter.choices).get(value, "")
        case _:
            return _number_words(parameter, value)


def _number_words(parameter: Parameter, value: object) -> str:
    if value is None:
        return "0"
    text = f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
    return text + _UNITS.get(parameter.kind, "")


def action_words(rule: Rule) -> str:
    """What the rule does: "fixed value 0.25 kWh"."""
    if rule.action not in set(Action):
        return rule.action
    info = ACTIONS[Action(rule.action)]
    told = [shown(each, rule.action_parameters.get(each.name)) for each in info.parameters]
    return " ".join([info.label.lower(), *told])


def eligibility_words(rule: Rule, groups: Mapping[int, str]) -> str:
    """For which series the rule is meant, empty for all; `groups` are the names of device groups by id."""
    asked = rule.eligibility
    parts: Sequence[tuple[str, Callable[[Any], str]]] = (
        ("series_kinds", str),
        ("energy_types", lambda code: dict(EnergyType.choices).get(code, code).lower()),
        ("customer_types", lambda code: dict(CustomerType.choices).get(code, code).lower()),
        ("groups", lambda pk: f"group {groups.get(pk, pk)}"),
        ("obis", str),
    )
    named = [" or ".join(word(each) for each in asked[key]) for key, word in parts if asked.get(key)]
    return "; ".join(named)


def step_words(step: Mapping[str, Any]) -> tuple[str, str]:
    """A step of estimating as a rule set keeps it: its label, and what it takes as the value."""
    code = str(step.get("method", ""))
    if code not in STEPS:
        return code, "a step nobody knows any more"
    info, given = STEPS[code], step.get("parameters") or {}
    return info.label, info.words.format_map({each.name: shown(each, given.get(each.name)) for each in info.parameters})
