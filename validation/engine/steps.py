"""The steps of estimating by their codes: what each needs, and how it asks its estimator. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from metering.quality import EstimationMethod
from metering.store.batch import NO_VALUE, Rows
from validation.engine.past import past
from validation.engine.plan import Step
from validation.estimators import cascade, levels, like_days, neighbours, orders, sources
from validation.estimators.days import DAY_S
from validation.facts import Facts, Need
from validation.parameters import Values
from validation.window import Bools, Floats, Window

Ask: TypeAlias = Callable[[Window, frozenset[Need]], Facts]
"""Loads what is needed of the rows of a window."""
Answer: TypeAlias = Callable[[Window, Facts, Values, Bools], Floats]

WEEKS_NEAR = 5
"""Days of so many weeks before the window may speak for a day, where a step does not say otherwise."""
_YEAR = range(-371, -356)


@dataclass(frozen=True, slots=True)
class Estimator:
    """How a step is run; `whole_gaps` as in `cascade.Step`."""

    method: EstimationMethod
    answer: Answer
    needs: frozenset[Need] = frozenset()
    whole_gaps: bool = True


def _check_meter(window: Window, facts: Facts, _: Values, wanted: Bools) -> Floats:
    if facts.check is None:
        return np.full(wanted.shape, np.nan)
    return levels.check_meter(facts.check, facts.check != NO_VALUE, wanted)


def _outage_zero(window: Window, facts: Facts, _: Values, wanted: Bools) -> Floats:
    off = np.zeros(wanted.shape, np.bool_) if facts.outages is None else facts.outages
    return levels.outage_zero(off, wanted)


def _linear(window: Window, facts: Facts, parameters: Values, wanted: Bools) -> Floats:
    limit = int(parameters["limit"]) * 60 // window.interval_s
    return neighbours.linear(window.values, _references(window, facts), wanted, limit)


def _like_days(window: Window, facts: Facts, parameters: Values, wanted: Bools) -> Floats:
    weeks = int(parameters["weeks"])
    history = past(window, facts, range(-7 * weeks, len(window.days)))
    chosen = sources.nearest(history, window.calendar, within=7 * weeks, like=True)
    return like_days.from_days(history, window.calendar, wanted, chosen, take=int(parameters["count"]))


def _like_day(window: Window, facts: Facts, parameters: Values, wanted: Bools) -> Floats:
    order = orders.shipped_orders()[str(parameters["order"])]
    back = 7 * (1 + max(each.weeks for looked in order.values() for each in looked))
    history = past(window, facts, range(-back, len(window.days)))
    return like_days.from_days(history, window.calendar, wanted, orders.looked_up(history, window.calendar, order))


def _last_year(window: Window, facts: Facts, _: Values, wanted: Bools) -> Floats:
    history = past(window, facts, range(_YEAR.start, _YEAR.stop + len(window.days)))
    return like_days.from_days(history, window.calendar, wanted, sources.last_year(history, window.calendar))


def _class_profile(window: Window, facts: Facts, _: Values, wanted: Bools) -> Floats:
    if facts.profile is None or facts.annual is None:
        return np.full(wanted.shape, np.nan)
    return np.where(wanted, facts.profile * (facts.annual * window.interval_s / _YEAR_S)[:, None], np.nan)


def _flat(window: Window, facts: Facts, _: Values, wanted: Bools) -> Floats:
    """The average day of the months before, else a day's part of what is expected of a year."""
    daily = np.full(len(window), np.nan)
    if facts.statistics is not None:
        daily = facts.statistics.daily_average[:, -1]
    if facts.annual is not None:
        daily = np.where(np.isnan(daily), facts.annual / _YEAR_DAYS, daily)
    return levels.flat(daily, window.calendar, wanted)


_YEAR_DAYS = 365.2425
_YEAR_S = _YEAR_DAYS * DAY_S


def _references(window: Window, facts: Facts) -> Bools:
    return window.usable if facts.outage_touched is None else window.usable & ~facts.outage_touched


ESTIMATORS: dict[str, Estimator] = {
    "check_meter": Estimator(EstimationMethod.CHECK_METER, _check_meter, frozenset({Need.CHECK}), whole_gaps=False),
    "outage_zero": Estimator(EstimationMethod.OUTAGE_ZERO, _outage_zero, frozenset({Need.OUTAGES}), whole_gaps=False),
    "linear": Estimator(EstimationMethod.LINEAR, _linear, frozenset({Need.OUTAGES})),
    "like_days": Estimator(EstimationMethod.LIKE_DAYS, _like_days, frozenset({Need.HISTORY})),
    "like_day": Estimator(EstimationMethod.LIKE_DAY, _like_day, frozenset({Need.HISTORY})),
    "last_year": Estimator(EstimationMethod.LAST_YEAR, _last_year, frozenset({Need.HISTORY})),
    "class_profile": Estimator(EstimationMethod.CLASS_PROFILE, _class_profile, frozenset({Need.PROFILE, Need.ANNUAL})),
    "flat": Estimator(EstimationMethod.FLAT, _flat, frozenset({Need.STATISTICS, Need.ANNUAL})),
}
"""Every step there is, by the code rule sets use; `validation.estimation` declares their parameters."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A window with what is known of it, and whom to ask for more."""

    window: Window
    facts: Facts
    ask: Ask

    def take(self, rows: Rows) -> Known:
        """The same of these rows."""
        return Known(self.window.take(rows), self.facts.take(rows), self.ask)

    def knowing(self, needs: frozenset[Need]) -> Known:
        """The same with what `needs` names; asked for where it is not known yet."""
        lacking = self.facts.lacking(needs)
        if not lacking:
            return self
        return replace(self, facts=self.facts.with_more(self.ask(self.window, lacking), lacking))


def as_cascade(steps: tuple[Step, ...], known: Known) -> list[cascade.Step]:
    """The steps ready to be asked, each about the rows that want anything of it: what it needs is dear to load."""
    return [_bound(ESTIMATORS[step.method], step.parameters, known) for step in steps]


def _bound(estimator: Estimator, parameters: Values, known: Known) -> cascade.Step:
    def estimate(wanted: Bools) -> Floats:
        found = np.full(wanted.shape, np.nan)
        rows = np.flatnonzero(wanted.any(axis=1))
        own = known.take(rows).knowing(estimator.needs)
        found[rows] = estimator.answer(own.window, own.facts, parameters, wanted[rows])
        return found

    return cascade.Step(int(estimator.method), estimate, estimator.whole_gaps)
