"""What is wrong with a rule, and with rules beside one another, in words: for forms, the API, and files of rule sets.

An error is refused when the rule is saved; a warning is shown beside the set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError

from metering.formula import Formula, FormulaError, Variable, parse
from metering.models import MeasuredProperty, Series
from metering.models.network import EnergyType
from metering.models.parties import CustomerType
from validation.actions import ACTIONS, Action
from validation.conditions import formulas
from validation.estimation import read_steps
from validation.limits import unit_of
from validation.models import Rule, RuleSet
from validation.parameters import Kind, Parameter, ParameterError, Quantity, Values, read_all
from validation.periodic.conditions import formulas as periodic_formulas
from validation.rule_choices import Described, actions_of, condition_of


class Level(StrEnum):
    """Whether a rule can be saved all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong. `field` as a rule has it, with the parameter after a point: `parameters.limit`, `action`."""

    field: str
    message: str
    level: Level = Level.ERROR


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name: series by OBIS code, and units something is measured in, without prefixes. Formulas name
    other things where they are over another `kind` of values."""

    series: Mapping[str, Variable] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    kind: str = RuleSet.Kind.PROFILE

    def read(self, text: str) -> Formula:
        """The formula of a text. FormulaError for what cannot be read, or names what there is not."""
        if self.kind == RuleSet.Kind.PERIODIC:
            return periodic_formulas.read(text)
        return parse(text, formulas.words(self.series))


def known_names() -> Known:
    """The measured properties there are. One query."""
    rows = MeasuredProperty.objects.order_by("obis", "unit").values_list("obis", "name", "unit")
    series = {obis: Variable(obis, name, unit) for obis, name, unit in rows}
    return Known(series, frozenset(unit_of(unit)[0] for _, _, unit in rows))


def check_rule(rule: Rule, known: Known | None = None) -> list[Problem]:
    """Everything that is wrong with a rule by itself; its `rule_set` says what kind of values it is for."""
    names = known_names() if known is None else known
    condition = condition_of(rule.rule_set.kind, rule.condition)
    if condition is None:
        return [Problem("condition", f"There is no condition {rule.condition!r} for {_values(rule.rule_set)}.")]
    found = [*_check_cell(rule, condition), *_check_eligibility(rule.eligibility)]
    names = replace(names, kind=rule.rule_set.kind)
    found += _check_parameters("parameters", condition.parameters, rule.parameters, names)
    if rule.action in set(Action):
        declared = ACTIONS[Action(rule.action)].parameters
        found += _check_parameters("action_parameters", declared, rule.action_parameters, names)
    return found


def refuse(rule: Rule) -> None:
    """ValidationError with what is wrong with a rule, by the fields of the model."""
    errors: dict[str, list[str]] = {}
    for problem in check_rule(rule):
        if problem.level is Level.ERROR:
            errors.setdefault(problem.field.partition(".")[0], []).append(problem.message)
    if errors:
        raise ValidationError(errors)


def refuse_steps(rule_set: RuleSet) -> None:
    """ValidationError where the steps of estimating of a set cannot be read."""
    try:
        read_steps(rule_set.estimation)
    except ParameterError as error:
        raise ValidationError({"estimation": str(error)}) from error


def values_of(rule: Rule) -> tuple[Values, Values] | None:
    """The parameters of a rule's condition and action, read; None where something is wrong with them."""
    condition = condition_of(rule.rule_set.kind, rule.condition)
    if condition is None or rule.action not in set(Action):
        return None
    try:
        own = read_all(condition.parameters, rule.parameters)
        if (text := own.get("formula")) is not None and not _reader(rule)(text).is_condition:
            return None
        return own, read_all(ACTIONS[Action(rule.action)].parameters, rule.action_parameters)
    except (ParameterError, FormulaError):
        return None


def _reader(rule: Rule) -> Callable[[str], Formula]:
    """What reads formulas that were checked when the rule was saved; each is read once."""
    return periodic_formulas.read if rule.rule_set.kind == RuleSet.Kind.PERIODIC else formulas.read


def _check_cell(rule: Rule, condition: Described) -> Iterator[Problem]:
    allowed = actions_of(rule.rule_set, condition)
    where = "in a set of AIM's cells only " if rule.rule_set.compatible else ""
    if not allowed:
        yield Problem("condition", f"“{condition.label}” is not among AIM's conditions, and this set has only those.")
    elif rule.action not in allowed:
        label = ACTIONS[Action(rule.action)].label if rule.action in set(Action) else rule.action
        names = ", ".join(ACTIONS[action].label for action in allowed)
        yield Problem("action", f"“{condition.label}” cannot go with “{label}”: {where}it goes with {names}.")


def _check_parameters(where: str, declared: Sequence[Parameter], given: object, known: Known) -> Iterator[Problem]:
    if not isinstance(given, Mapping):
        yield Problem(where, "Parameters are names with values.")
        return
    for name in sorted(set(given) - {each.name for each in declared}):
        yield Problem(f"{where}.{name}", f"There is no parameter {name!r} here.")
    for parameter in declared:
        place = f"{where}.{parameter.name}"
        try:
            value = parameter.read(given.get(parameter.name))
        except ParameterError as error:
            yield Problem(place, str(error))
        else:
            yield from (Problem(place, each) for each in _check_value(parameter, value, known))


def _check_value(parameter: Parameter, value: Any, known: Known) -> Iterator[str]:
    if isinstance(value, Quantity) and unit_of(value.unit)[0] not in known.units:
        yield f"Nothing is measured in {value.unit}."
    if parameter.kind is Kind.FORMULA:
        yield from _check_formula(value, known)


def _check_formula(text: str, known: Known) -> Iterator[str]:
    try:
        formula = known.read(text)
    except FormulaError as error:
        yield f"{error}."
    else:
        if not formula.is_condition:
            yield "The formula is a number: compare it with something, such as `> 0`."


_CODES: dict[str, Callable[[object], bool]] = {
    "series_kinds": lambda value: value in Series.Kind.values,
    "energy_types": lambda value: value in EnergyType.values,
    "customer_types": lambda value: value in CustomerType.values,
    "groups": lambda value: isinstance(value, int) and value > 0,
    "obis": lambda value: isinstance(value, str) and 0 < len(value) <= 24,
}


def _check_eligibility(given: object) -> Iterator[Problem]:
    if not isinstance(given, Mapping):
        yield Problem("eligibility", "Eligibility is names with lists.")
        return
    for name, chosen in given.items():
        if name not in _CODES:
            yield Problem("eligibility", f"Series cannot be chosen by {name!r}, only by {', '.join(_CODES)}.")
        elif not isinstance(chosen, list) or not all(map(_CODES[name], chosen)):
            yield Problem(f"eligibility.{name}", f"What {name} has is not what series are chosen by: {chosen!r}.")


def _values(rule_set: RuleSet) -> str:
    return rule_set.get_kind_display().lower()
