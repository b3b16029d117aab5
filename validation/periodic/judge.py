"""Every rule over every reading, and what was found by series and local day. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from metering.store.batch import NO_VALUE
from validation.actions import Action
from validation.engine.found import Found
from validation.engine.judge import NotJudged
from validation.engine.plan import Severity
from validation.parameters import Values
from validation.periodic.conditions.condition import PeriodicCondition, PeriodicNeed, PeriodicOutcome
from validation.periodic.window import Index, PeriodicFacts, PeriodicWindow
from validation.window import Bools, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicRule:
    """A rule with everything looked up; `eligible` bool (n,): the series it is meant for, None = all."""

    rule_id: int
    name: str
    condition: PeriodicCondition
    parameters: Values
    needs: frozenset[PeriodicNeed] = frozenset()
    severity: Severity = Severity.WARNING
    eligible: Bools | None = None
    action: Action = Action.KEEP
    replaces: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What the rules of a plan found, one entry for each that found anything, and what they said nothing about."""

    found: tuple[Found, ...]
    not_judged: tuple[NotJudged, ...]


def judge(window: PeriodicWindow, facts: PeriodicFacts, rules: tuple[PeriodicRule, ...]) -> Judged:
    """Run the rules over the judged readings of a window."""
    found: list[Found] = []
    silent: list[NotJudged] = []
    for number, rule in enumerate(rules):
        if rule.eligible is not None and not rule.eligible.any():
            continue
        outcome = rule.condition.check(window, facts, rule.parameters)
        meant = np.ones(len(window.rows), np.bool_) if rule.eligible is None else rule.eligible
        failing = outcome.failing & window.judged & meant[window.readings.row]
        if failing.any():
            found.append(_found(window, number, failing, outcome))
        silent += _silent(number, outcome, meant & window.rows.asked)
    return Judged(tuple(found), tuple(silent))


def _silent(number: int, outcome: PeriodicOutcome, meant: Bools) -> Iterator[NotJudged]:
    for reason, rows in outcome.not_judged.items():
        if (rows & meant).any():
            yield NotJudged(number, reason, rows & meant)


def _found(window: PeriodicWindow, rule: int, failing: Bools, outcome: PeriodicOutcome) -> Found:
    """One finding for each series and day: the reading farthest from its limit."""
    readings = window.readings
    shown = readings.values if outcome.shown is None else outcome.shown
    limit = np.full(len(readings), np.nan) if outcome.limit is None else outcome.limit
    which = _worst(window, np.flatnonzero(failing).astype(np.intp), np.abs(_size(shown, limit)))
    count = len(which)
    none, no = np.full(count, NO_VALUE), np.zeros(count, np.bool_)
    return Found(
        rule,
        readings.row[which],
        (readings.day[which] - int(window.days[0])).astype(np.intp),
        np.ones((count, 1), np.bool_),
        readings.at[which],
        readings.at[which],
        shown[which],
        limit[which],
        np.full(count, -1, np.int64),
        none,
        none,
        settled=no,
        confirmed=no,
        refused=no,
    )


def _size(shown: Ints, limit: Floats) -> Floats:
    there = np.where(shown == NO_VALUE, 0.0, shown)
    return there - np.nan_to_num(limit)


def _worst(window: PeriodicWindow, failing: Index, size: Floats) -> Index:
    """Of the failing readings of each series and day the one of the largest size, in their order."""
    readings = window.readings
    order = failing[np.lexsort((-size[failing], readings.day[failing], readings.row[failing]))]
    row, day = readings.row[order], readings.day[order]
    first = (np.diff(row, prepend=-1) != 0) | (np.diff(day, prepend=-1) != 0)
    found: Index = order[first]
    return found
