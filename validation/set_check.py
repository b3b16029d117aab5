"""What contradicts what in a rule set, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from validation.actions import ACTIONS, Action
from validation.engine.plan import MOST_RULES
from validation.estimation import read_steps
from validation.limits import unit_of
from validation.models import Rule, RuleSet
from validation.parameters import ParameterError, Quantity, Values
from validation.rule_check import Known, Level, Problem, check_rule, known_names, values_of

_NEVER = {("in_outage", Rule.Outages.OUTSIDE), ("long_zero", Rule.Outages.INSIDE)}
"""Conditions that cannot be met where the rule looks."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A rule that is switched on, as far as it can be read."""

    number: int
    rule: Rule
    values: Values

    @property
    def name(self) -> str:
        return f"Rule {self.number} ({self.rule.name})"

    @property
    def acts(self) -> bool:
        return self.rule.action != Action.KEEP

    def covers(self, other: _Line) -> bool:
        """Whether it looks wherever the other looks."""
        mine, theirs = self.rule.eligibility, other.rule.eligibility
        narrower = all(key in theirs and set(theirs[key]) <= set(chosen) for key, chosen in mine.items() if chosen)
        return narrower and self.rule.outages in (Rule.Outages.ALL, other.rule.outages)


def check_set(rule_set: RuleSet, rules: Sequence[Rule], known: Known | None = None) -> list[Problem]:
    """Everything that is wrong with a set: its rules one by one, beside one another, and its steps of estimating.

    `rules` in their order, stored or not; those switched off are judged by themselves only.
    """
    names = known_names() if known is None else known
    found = [_of_rule(rule, problem) for rule in rules for problem in check_rule(rule, names)]
    if len(rules) > MOST_RULES:
        found.append(Problem("rules", f"A rule set has at most {MOST_RULES} rules; this has {len(rules)}."))
    return [*found, *contradictions(rules), *_check_steps(rule_set, rules)]


def contradictions(rules: Sequence[Rule]) -> list[Problem]:
    """What rules that are switched on say against one another; rules that cannot be read say nothing."""
    lines = [
        _Line(number, rule, read[0])
        for number, rule in enumerate(rules, start=1)
        if rule.enabled and (read := values_of(rule)) is not None
    ]
    found = [
        Problem("outages", f"{line.name} never finds anything: {line.rule.get_outages_display().lower()} it cannot.",
                Level.WARNING)
        for line in lines if (line.rule.condition, line.rule.outages) in _NEVER
    ]  # fmt: skip
    for first, second in combinations(lines, 2):
        found += [problem for judge in _JUDGES for problem in judge(first, second)]
    return found


def _of_rule(rule: Rule, problem: Problem) -> Problem:
    return Problem(problem.field, f"Rule {rule.position} ({rule.name}): {problem.message}", problem.level)


def _check_steps(rule_set: RuleSet, rules: Sequence[Rule]) -> Iterator[Problem]:
    try:
        steps = read_steps(rule_set.estimation)
    except ParameterError as error:
        yield Problem("estimation", str(error))
        return
    estimating = [rule for rule in rules if rule.enabled and rule.action == Action.ESTIMATE]
    if estimating and not steps:
        name = estimating[0].name
        yield Problem("estimation", f"Rule “{name}” estimates, but the set has no steps of estimating.")


def _crossed(first: _Line, second: _Line) -> Iterator[Problem]:
    """A lower limit above the higher one of the same thing: whatever the value, one of them fails it."""
    limits = {line.rule.condition: line for line in (first, second)}
    if set(limits) != {"lower_than", "higher_than"} or not (first.covers(second) or second.covers(first)):
        return
    low, high = limits["lower_than"], limits["higher_than"]
    if low.values.get("of") != high.values.get("of"):
        return
    least, most = _size(low.values["limit"]), _size(high.values["limit"])
    if least[0] == most[0] and least[1] > most[1]:
        yield Problem(
            "parameters.limit",
            f"{low.name} finds what is below {low.values['limit']} and {high.name} what is above "
            f"{high.values['limit']}: no value passes both.",
        )


def _said_twice(first: _Line, second: _Line) -> Iterator[Problem]:
    """The same condition with the same parameters."""
    same = first.rule.condition == second.rule.condition and first.values == second.values
    if not same or not first.covers(second):
        return
    if first.rule.action == second.rule.action:
        yield Problem("condition", f"{second.name} says what {first.name} says.", Level.WARNING)
    elif first.acts and second.acts:
        done = ACTIONS[Action(first.rule.action)].label.lower()
        yield Problem(
            "action",
            f"{second.name} contradicts {first.name}: the condition is the same, and {done} is done first.",
        )


def _out_of_reach(first: _Line, second: _Line) -> Iterator[Problem]:
    """What the second would act on, the first has acted on already."""
    if not (first.acts and second.acts and first.covers(second)) or first.values == second.values:
        return
    if first.rule.condition == second.rule.condition and _wider(first, second):
        yield Problem(
            "action", f"{second.name} never acts: what it finds {first.name} finds as well, and acts first.",
            Level.WARNING,
        )  # fmt: skip


def _after_anything(first: _Line, second: _Line) -> Iterator[Problem]:
    if first.rule.condition == "anything" and first.acts and second.acts and first.covers(second):
        same = second.rule.condition == "anything"
        if not same:
            yield Problem("action", f"{second.name} never acts: {first.name} acts on everything.", Level.WARNING)


def _wider(first: _Line, second: _Line) -> bool:
    """Whether the first limit is met by everything that meets the second."""
    condition = first.rule.condition
    key = "limit" if "limit" in first.values else "factor" if "factor" in first.values else None
    if key is None or not condition.startswith(("higher_than", "lower_than")):
        return False
    others = {name: value for name, value in first.values.items() if name != key}
    if any(second.values[name] != value for name, value in others.items()):
        return False
    (unit, mine), (other, theirs) = _size(first.values[key]), _size(second.values[key])
    return unit == other and (mine <= theirs if condition.startswith("higher_than") else mine >= theirs)


def _size(limit: Quantity | Decimal) -> tuple[str, Decimal]:
    """Unit without prefix, and amount in it."""
    if not isinstance(limit, Quantity):
        return "", limit
    base, power = unit_of(limit.unit)
    return base, limit.amount * Decimal(10) ** power


_JUDGES: tuple[Callable[[_Line, _Line], Iterator[Problem]], ...] = (
    _crossed, _said_twice, _out_of_reach, _after_anything,
)  # fmt: skip
