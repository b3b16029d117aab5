"""AIM's actions: what comes in place of a value without asking the cascade. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from metering.store.batch import NO_VALUE
from validation.actions import Action
from validation.engine.past import past
from validation.estimators import levels, like_days, sources
from validation.estimators.apportioning import apportion
from validation.estimators.gaps import Places
from validation.facts import Facts
from validation.limits import in_integers
from validation.parameters import Values
from validation.window import Bools, Ints, Window

Copy: TypeAlias = Callable[[Window, Facts, Values, Bools], Ints]

_DAY, _WEEK = range(-1, 0), range(-7, 0)


def _zero(window: Window, facts: Facts, _: Values, wanted: Bools) -> Ints:
    return np.where(wanted, 0, NO_VALUE)


def _previous(window: Window, facts: Facts, back: range, wanted: Bools) -> Ints:
    """The values of the day so many days before, judged days among them; the raw curve, in outages too."""
    history = past(window, facts, range(back.start, len(window.days)))
    chosen = sources.shifted(history, window.calendar, (back.start,))
    found = like_days.from_days(history, window.calendar, wanted, chosen, whole=False, outages=True)
    return np.where(np.isnan(found), NO_VALUE, np.nan_to_num(found).astype(np.int64))


def _previous_day(window: Window, facts: Facts, _: Values, wanted: Bools) -> Ints:
    return _previous(window, facts, _DAY, wanted)


def _previous_week(window: Window, facts: Facts, _: Values, wanted: Bools) -> Ints:
    return _previous(window, facts, _WEEK, wanted)


def _fixed_value(window: Window, facts: Facts, parameters: Values, wanted: Bools) -> Ints:
    level = levels.fixed_value(in_integers(parameters["value"], facts), wanted)
    return np.where(np.isnan(level), NO_VALUE, np.rint(np.nan_to_num(level)).astype(np.int64))


def _fixed_total(window: Window, facts: Facts, parameters: Values, wanted: Bools) -> Ints:
    """Each gap adds up to the total exactly."""
    total = in_integers(parameters["total"], facts)[:, 0]
    places = Places.of(wanted & ~np.isnan(total)[:, None])
    of_gap = np.rint(np.nan_to_num(total)).astype(np.int64)[places.row[places.starts]]
    found = np.full(wanted.shape, NO_VALUE)
    found[places.row, places.column] = apportion(np.ones(len(places)), places.part, of_gap)
    return found


COPIES: dict[Action, Copy] = {
    Action.ZERO: _zero,
    Action.PREVIOUS_DAY: _previous_day,
    Action.PREVIOUS_WEEK: _previous_week,
    Action.FIXED_VALUE: _fixed_value,
    Action.FIXED_TOTAL: _fixed_total,
}
"""int64 (n, slots) to put in place, `NO_VALUE` where the action has no answer."""
