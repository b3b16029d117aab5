"""What comes in place of values that failed: AIM's actions, and the cascade. Pure.

Simple actions come first, so that what they put in place is trusted when the cascade shares what a register counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.quality import SCALED, EstimationMethod, Quality, estimated_by
from metering.store.batch import NO_VALUE
from validation.actions import ACTIONS, Action
from validation.engine.copying import COPIES
from validation.engine.plan import Plan
from validation.engine.steps import Ask, Known, as_cascade
from validation.estimators import cascade, levels
from validation.estimators.segments import Segments
from validation.estimators.settling import settle
from validation.facts import Facts, Need
from validation.window import Bools, Codes, Floats, Ints, Window

_ALWAYS = frozenset({Need.STANDS, Need.OUTAGES})
_HISTORY = frozenset({Need.HISTORY})
_FLAT = "flat"


@dataclass(frozen=True, slots=True, eq=False)
class Replacement:
    """values int64 and quality uint8 (n, slots): what comes in place, `NO_VALUE` where nothing does; `confirmed` and
    `refused` bool as in `validation.engine.run.Result`."""

    values: Ints
    quality: Codes
    confirmed: Bools
    refused: Bools

    @classmethod
    def none(cls, shape: tuple[int, int]) -> Replacement:
        """Nothing yet."""
        nowhere = np.zeros(shape, np.bool_)
        return cls(np.full(shape, NO_VALUE), np.zeros(shape, np.uint8), nowhere, nowhere.copy())


def replace(window: Window, facts: Facts, rule_of: NDArray[np.int8], plan: Plan, ask: Ask) -> Replacement:
    """Find what comes in place where a rule (`rule_of`, -1 = none) asked for it."""
    whole = Replacement.none(window.shape)
    acting = np.array([*(rule.replaces for rule in plan.rules), False], np.bool_)
    wanted: Bools = acting[rule_of]
    rows = np.flatnonzero(wanted.any(axis=1))
    if rows.size:
        part = Known(window.take(rows), facts.take(rows), ask).knowing(_ALWAYS)
        done = _fill(part, np.where(wanted[rows], rule_of[rows], -1), plan)
        whole.values[rows], whole.quality[rows] = done.values, done.quality
        whole.confirmed[rows], whole.refused[rows] = done.confirmed, done.refused
    return whole


def _fill(known: Known, rule_of: NDArray[np.integer], plan: Plan) -> Replacement:
    done = Replacement.none(known.window.shape)
    for number, rule in enumerate(plan.rules):
        if rule.action in COPIES and (wanted := rule_of == number).any():
            own = known.knowing(_HISTORY)
            found = COPIES[rule.action](own.window, own.facts, rule.action_parameters, wanted)
            _put(done, found, estimated_by(_method(rule.action), final=plan.final))
    for action in (Action.REGISTER_DIFFERENCE, Action.ESTIMATE):
        numbers = [number for number, rule in enumerate(plan.rules) if rule.action is action]
        if (wanted := np.isin(rule_of, numbers)).any():
            _scale(known, plan, done, wanted, spread=action is Action.REGISTER_DIFFERENCE)
    return done


def _method(action: Action) -> EstimationMethod:
    method = ACTIONS[action].method
    if method is None:
        raise ValueError(f"The action {action} puts nothing in place")
    return method


def _put(done: Replacement, values: Ints, quality: int | Codes) -> None:
    given = values != NO_VALUE
    np.copyto(done.values, values, where=given)
    np.copyto(done.quality, np.asarray(quality, np.uint8), where=given)


def _scale(known: Known, plan: Plan, done: Replacement, wanted: Bools, *, spread: bool) -> None:
    """Estimates of the cascade, or even shares, brought to what the register counted between its stands."""
    window, facts = known.window, known.facts
    values = np.where(done.values != NO_VALUE, done.values, window.values)
    segments = Segments.of(_stands(window, facts, wanted), values, values != NO_VALUE, wanted)
    if spread:
        estimates = levels.register_spread(segments, wanted.shape)
        method = np.full(wanted.shape, EstimationMethod.REGISTER_SPREAD, np.uint8)
    else:
        found = cascade.run(as_cascade(plan.steps, known), wanted, window.edges)
        estimates, method = found.values, found.method
        if any(step.method == _FLAT for step in plan.steps):
            _flatten(estimates, method, levels.register_spread(segments, wanted.shape))
    off = method == EstimationMethod.OUTAGE_ZERO
    settled = settle(estimates, segments, negative=facts.signed, pinned=off)
    # A value of its own between two stands is what the register counted: no estimate can be better.
    right = settled.scaled & (settled.values == window.values)
    done.confirmed[right] = True
    done.refused[settled.refused] = True
    code = (Quality.FINAL if plan.final else Quality.ESTIMATED) + method + np.where(settled.scaled, SCALED, 0)
    _put(done, np.where(right, NO_VALUE, settled.values), code.astype(np.uint8))


def _flatten(estimates: Floats, method: Codes, shares: Floats) -> None:
    """Where no step has an answer but the register says how much it was, that is spread evenly: as flat as it gets."""
    unanswered = np.isnan(estimates) & ~np.isnan(shares)
    estimates[unanswered], method[unanswered] = shares[unanswered], EstimationMethod.FLAT


def _stands(window: Window, facts: Facts, wanted: Bools) -> Ints:
    """What the register showed, without the stands that values in doubt were derived from: between two slots to
    estimate a stand is believed only where neither of them had a value."""
    rows, slots = wanted.shape
    if facts.stands is None:
        return np.full((rows, slots + 1), NO_VALUE)
    bad = wanted & window.present
    doubted = np.zeros((rows, slots + 1), np.bool_)
    doubted[:, 1:-1] = wanted[:, :-1] & wanted[:, 1:] & (bad[:, :-1] | bad[:, 1:])
    return np.where(doubted, NO_VALUE, facts.stands)
