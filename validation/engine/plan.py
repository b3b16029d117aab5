"""A rule set made ready to run over one batch. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from metering.store.batch import Rows
from validation.actions import ACTIONS, Action
from validation.conditions.condition import Condition
from validation.facts import Need
from validation.parameters import Values
from validation.window import Bools

ALWAYS_TRUE = frozenset({"anything", "not_missing", "positive"})
MOST_RULES = 64
"""The verdicts on a value are one bit per rule."""


class OutageHandling(StrEnum):
    """Which values a rule judges: all, only those of intervals without any outage, or only those in one."""

    ALL = "all"
    OUTSIDE = "outside"
    INSIDE = "inside"


class Severity(StrEnum):
    """Whether somebody has to look: never, where no value could be put in place, or always."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, eq=False)
class PlannedRule:
    """A rule with everything looked up; `eligible` bool (n,) says for which series of the batch it is meant."""

    rule_id: int
    name: str
    condition: Condition
    parameters: Values
    action: Action = Action.KEEP
    action_parameters: Values = field(default_factory=dict)
    severity: Severity = Severity.WARNING
    outages: OutageHandling = OutageHandling.ALL
    eligible: Bools | None = None
    muted: bool = False

    @property
    def idle(self) -> bool:
        """Whether it cannot find anything here: it is muted, or meant for none of the series."""
        return self.muted or (self.eligible is not None and not self.eligible.any())

    @property
    def replaces(self) -> bool:
        return ACTIONS[self.action].replaces

    @property
    def rechecks(self) -> bool:
        """Whether an estimate has to pass it: it acts, and is not true of every value there is."""
        return self.action is not Action.KEEP and self.condition.code not in ALWAYS_TRUE


@dataclass(frozen=True, slots=True)
class Step:
    """One method of the cascade with its parameters, as `validation.estimation` declares them."""

    method: str
    parameters: Values


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Rules in order, and how estimates are found. ValueError for more than `MOST_RULES`.

    `final`: estimates are final ones. `decided`: what people decided is judged too, as after an edit by hand; it is
    never replaced.
    """

    rules: tuple[PlannedRule, ...]
    steps: tuple[Step, ...] = ()
    final: bool = False
    decided: bool = False

    def __post_init__(self) -> None:
        if len(self.rules) > MOST_RULES:
            raise ValueError(f"A rule set has at most {MOST_RULES} rules.")

    def take(self, rows: Rows) -> Plan:
        """The plan for these rows of the batch."""
        rules = tuple(
            rule if rule.eligible is None else replace(rule, eligible=rule.eligible[rows]) for rule in self.rules
        )
        return replace(self, rules=rules)

    def rechecking(self) -> Plan:
        """The plan with only the rules that an estimate has to pass; the others keep their numbers and find nothing."""
        return replace(self, rules=tuple(rule if rule.rechecks else replace(rule, muted=True) for rule in self.rules))

    @property
    def needs(self) -> frozenset[Need]:
        """What has to be loaded for the rules; what estimating needs is asked for when something is to be estimated."""
        found: set[Need] = set()
        for rule in self.rules:
            found |= rule.condition.needs
            if rule.outages is not OutageHandling.ALL:
                found.add(Need.OUTAGES)
        return frozenset(found)
