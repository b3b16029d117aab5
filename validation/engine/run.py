"""Judging a window and putting something in place of what failed. Pure.

    values ─ judge ─► verdicts ─ first rule that acts ─► wanted ─ methods ─► estimates ─ registers ─► integers ─► codes

Estimates that validation made before are taken out first: what was received in their place is judged, or the gap they
fill, and they are found again the same unless something around them changed. What a person decided and final estimates
stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, QualityClass, quality_class
from metering.store.batch import NO_VALUE
from validation.actions import Action
from validation.engine.judge import Judgement, judge
from validation.engine.own import own_estimates, without
from validation.engine.plan import Plan
from validation.engine.put import Replacement, replace
from validation.engine.steps import Ask
from validation.facts import Facts
from validation.window import Bools, Codes, Ints, Window

_VERIFIED, _REJECTED = np.uint8(Quality.VERIFIED), np.uint8(Quality.REJECTED)
SENTINEL = "sentinel"
"""The condition whose values are no energy at all, but codes of errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a window is after validation, all (n, slots).

    judgement   the verdicts on what was there
    recheck     the verdicts on the estimates, None where nothing was estimated
    values      int64, quality uint8: as they should be stored
    changed     bool: where this differs from what is stored
    estimated   bool: where an estimate stands now
    rule_of     int8: the first rule that asked for another value, -1 = none
    confirmed   bool: the register says that the value is right: it stays, whatever the rule says
    refused     bool: no estimate could be right, because the trusted values exceed the register difference
    """

    judgement: Judgement
    recheck: Judgement | None
    values: Ints
    quality: Codes
    changed: Bools
    estimated: Bools
    rule_of: NDArray[np.int8]
    confirmed: Bools
    refused: Bools


def run(window: Window, facts: Facts, plan: Plan, ask: Ask, received: Window | None = None) -> Result:
    """Validate and estimate; `ask` loads what estimating needs for the rows that need it.

    `received`: the same window with what was received where validation put estimates; without it they count as gaps.
    """
    bare = without(window, own_estimates(window.quality) & window.judged) if received is None else received
    bare = _requalified(bare, _rejected(bare.quality) & bare.judged, _VERIFIED)
    judgement = judge(bare, facts, plan, spared=None if plan.decided else _settled(window))
    rule_of = _first_acting(judgement, plan)
    rule_of[_settled(window)] = -1
    put = replace(_requalified(bare, (rule_of >= 0) & bare.present, _REJECTED), facts, rule_of, plan, ask)
    values, quality = _marked(window, bare, judgement, plan, rule_of, put)
    changed: Bools = (values != window.values) | (quality != window.quality)
    estimated = put.values != NO_VALUE
    recheck = _recheck(bare, facts, plan, values, quality, estimated)
    return Result(judgement, recheck, values, quality, changed, estimated, rule_of, put.confirmed, put.refused)


def _requalified(window: Window, where: Bools, quality: np.uint8) -> Window:
    """The window with another quality there. What was rejected before is judged as what it was received as, or it would
    be right the next time, because what is doubted is held against nothing; and what fails is no neighbour to estimate
    from, whatever is done about it."""
    return window.with_values(window.values, np.where(where, quality, window.quality)) if where.any() else window


def _rejected(quality: Codes) -> Bools:
    """Where validation found a value wrong and left it in place."""
    found: Bools = np.isin(quality, (Quality.REJECTED, Quality.SENTINEL))
    return found


def _settled(window: Window) -> Bools:
    """Values that are not for us to replace: decided by a person, or delivered as final estimates."""
    kind = quality_class(window.quality)
    settled: Bools = (kind == QualityClass.DECIDED) | (kind == QualityClass.FINAL)
    return settled


def _first_acting(judgement: Judgement, plan: Plan) -> NDArray[np.int8]:
    """int8 (n, slots): the first rule that found something and does not just keep it, -1 = none."""
    found = np.full(judgement.verdicts.shape, -1, np.int8)
    for number in reversed(range(len(plan.rules))):
        if plan.rules[number].action is not Action.KEEP:
            found[judgement.of(number)] = number
    return found


def _marked(
    window: Window, bare: Window, judgement: Judgement, plan: Plan, rule_of: NDArray[np.int8], put: Replacement
) -> tuple[Ints, Codes]:
    """Values and quality as they should be stored."""
    done = put.values != NO_VALUE
    back: Bools = ~done & bare.present
    values = np.where(done, put.values, np.where(back, bare.values, window.values))
    quality = np.where(done, put.quality, np.where(back & own_estimates(window.quality), _VERIFIED, window.quality))
    failed: Bools = (rule_of >= 0) & back & ~put.confirmed
    quality = np.where(failed, _REJECTED, quality)
    sentinels = [number for number, rule in enumerate(plan.rules) if rule.condition.code == SENTINEL]
    for number in sentinels:
        quality[failed & (rule_of == number)] = Quality.SENTINEL
    quality[_rejected(window.quality) & window.judged & ~done & ~failed] = _VERIFIED
    return values, quality.astype(np.uint8)


def _recheck(
    bare: Window, facts: Facts, plan: Plan, values: Ints, quality: Codes, estimated: Bools
) -> Judgement | None:
    """The rules that act once more, over the estimates alone (V30): what is put in place must not be wrong itself."""
    rows = np.flatnonzero(estimated.any(axis=1))
    if not rows.size:
        return None
    part = bare.take(rows).with_values(values[rows], quality[rows])
    again = judge(part, facts.take(rows), plan.take(rows).rechecking())
    verdicts = np.zeros(estimated.shape, np.uint64)
    verdicts[rows] = np.where(estimated[rows], again.verdicts, 0)
    return Judgement(verdicts, tuple(None for _ in plan.rules), ())
