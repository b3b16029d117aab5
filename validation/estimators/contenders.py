"""The methods whose quality is measured, as functions of a trial and the slots still open."""

from collections.abc import Callable, Mapping
from functools import partial

from validation.estimators.arrays import Bools, Floats
from validation.estimators.cascade import Step, run
from validation.estimators.levels import class_profile, flat
from validation.estimators.like_days import from_days
from validation.estimators.neighbours import linear
from validation.estimators.orders import looked_up, shipped_orders
from validation.estimators.sources import last_year, nearest, previous_days, previous_weeks, weeks_before
from validation.estimators.trials import JUDGED_DAYS, PAST_DAYS, Trial

Method = Callable[[Trial, Bools], Floats]


def _line(trial: Trial, wanted: Bools) -> Floats:
    return linear(trial.truth, trial.usable, wanted, limit=wanted.shape[1])


def _two_hours(trial: Trial, wanted: Bools) -> Floats:
    return linear(trial.truth, trial.usable, wanted, limit=trial.days.per_day // 12)


def _like_days(trial: Trial, wanted: Bools) -> Floats:
    sources = nearest(trial.history, trial.days, within=PAST_DAYS, like=True)
    return from_days(trial.history, trial.days, wanted, sources, take=3)


def _four_weeks(trial: Trial, wanted: Bools) -> Floats:
    sources = weeks_before(trial.history, trial.days, 4)
    return from_days(trial.history, trial.days, wanted, sources, take=4, whole=False)


def _look_up(trial: Trial, wanted: Bools) -> Floats:
    return from_days(trial.history, trial.days, wanted, looked_up(trial.history, trial.days, shipped_orders()["itron"]))


def _last_year(trial: Trial, wanted: Bools) -> Floats:
    return from_days(trial.history, trial.days, wanted, last_year(trial.history, trial.days))


def _previous_day(trial: Trial, wanted: Bools) -> Floats:
    return from_days(trial.history, trial.days, wanted, previous_days(trial.history, trial.days, JUDGED_DAYS))


def _previous_week(trial: Trial, wanted: Bools) -> Floats:
    return from_days(trial.history, trial.days, wanted, previous_weeks(trial.history, trial.days, 4))


def _class_profile(trial: Trial, wanted: Bools) -> Floats:
    return class_profile(trial.shape, trial.history.daily_average(), trial.days, wanted)


def _flat(trial: Trial, wanted: Bools) -> Floats:
    return flat(trial.history.daily_average(), trial.days, wanted)


def _cascade(trial: Trial, wanted: Bools) -> Floats:
    methods = (_two_hours, _like_days, _look_up, _last_year, _class_profile, _flat)
    steps = [Step(number, partial(method, trial)) for number, method in enumerate(methods, 1)]
    return run(steps, wanted, trial.days.edges).values


METHODS: Mapping[str, Method] = {
    "cascade": _cascade,
    "linear": _line,
    "three like days": _like_days,
    "four weeks": _four_weeks,
    "look-up order": _look_up,
    "last year": _last_year,
    "previous day": _previous_day,
    "previous week": _previous_week,
    "class profile": _class_profile,
    "flat": _flat,
}
