"""What a day looks like: spikes (V10), steps (V9), values that stay the same (V15), zeros that last (V7)."""

from __future__ import annotations

import numpy as np

from metering.quality import QualityClass
from metering.store.batch import NO_VALUE
from validation import kernels
from validation.conditions.choices import DOUBTED, FLAGGED, FLOOR, REPLACED, minutes, percent
from validation.conditions.condition import Condition, Outcome, register
from validation.conditions.levels import days_before
from validation.conditions.quantities import at_least, other_units
from validation.facts import Facts, Need
from validation.kernels.days import over_days
from validation.kernels.runs import in_long_runs
from validation.parameters import Kind, Parameter, Values
from validation.window import Window

_CLASSES = {
    "suspect": QualityClass.SUSPECT,
    "estimated": QualityClass.ESTIMATED,
    "decided": QualityClass.DECIDED,
}


def _spike(window: Window, facts: Facts, parameters: Values) -> Outcome:
    floor, share, whole = parameters["floor"], float(parameters["tolerance"]), parameters["span"] == "window"
    values, usable, least = window.values, window.usable, at_least(floor, facts)
    failing = kernels.spike(values, usable, window.figures, share, least, whole_window=whole)
    limits = kernels.spike_limits(values, usable, failing, window.edges, share, whole_window=whole)
    return Outcome(failing, limits, other_units(facts, floor))


def _step(window: Window, facts: Facts, parameters: Values) -> Outcome:
    """Looked for only in series that reach the floor at all: most do not, and the rest is dear."""
    floor = parameters["floor"]
    least, share = at_least(floor, facts), float(parameters["tolerance"])
    size = np.abs(window.values).max(axis=1, where=window.usable, initial=0)
    rows = np.flatnonzero(size >= least[:, 0])
    failing = np.zeros(window.shape, np.bool_)
    failing[rows] = kernels.step_change(window.values[rows], window.usable[rows], share, least[rows], window.edges)
    limits = kernels.step_limits(window.values, window.usable, failing, share)
    return Outcome(failing, limits, other_units(facts, floor))


def _flat(window: Window, facts: Facts, parameters: Values) -> Outcome:
    length = max(slots_of(window, parameters["minutes"]), 2)
    zeros = bool(parameters["zeros"])
    failing = kernels.flat_line(window.values, window.usable, length, with_zeros=zeros, edges=window.edges)
    return Outcome(failing)


def _same_quality(window: Window, facts: Facts, parameters: Values) -> Outcome:
    length = slots_of(window, parameters["minutes"])
    wanted = (_CLASSES[parameters["quality"]],)
    return Outcome(kernels.quality_run(window.quality, wanted, length, window.edges))


def _long_zero(window: Window, facts: Facts, parameters: Values) -> Outcome:
    length = slots_of(window, parameters["minutes"])
    failing = kernels.prolonged_zero(window.values, facts.outage_touched, length, window.edges)
    return Outcome(failing, np.zeros((1, 1)))


def _zero_days(window: Window, facts: Facts, parameters: Values) -> Outcome:
    """Days of zeros only, with those before the window, whose totals and maxima say it of days without exports."""
    usage = days_before(facts.usage, window)
    earlier = (usage.totals == 0) & (usage.maxima == 0)
    figures = window.figures
    judged = figures.complete & (figures.totals == 0) & (figures.maxima == 0)
    length = int(parameters["days"])
    long = in_long_runs(np.concatenate([earlier, judged], axis=1), length)[:, earlier.shape[1] :]
    short = (usage.totals != NO_VALUE).sum(axis=1) + figures.complete.sum(axis=1) < length
    return Outcome(over_days(long, window.edges), np.zeros((1, 1)), {"fewer days of values than that yet": short})


def slots_of(window: Window, minutes: int) -> int:
    """Columns that last at least so many minutes."""
    return max(-(-minutes * 60 // window.interval_s), 1)


_SPAN = Parameter(
    "span", "Of", Kind.CHOICE, "day", choices=(("day", "each local day"), ("window", "all days judged together"))
)
register(
    Condition(
        "spike", "Spike", "more than {tolerance} above the third highest value of {span}", _spike,
        (percent("tolerance", "Above the third highest", 180), FLOOR, _SPAN), actions=REPLACED, source="V10",
    )
)  # fmt: skip
register(
    Condition(
        "step", "Step", "changed by more than {tolerance} since the last good value", _step,
        (percent("tolerance", "Change", 1_000), FLOOR), actions=REPLACED, source="V9",
    )
)  # fmt: skip
register(
    Condition(
        "flat", "Flat", "the same value for at least {minutes}", _flat,
        (minutes(360), Parameter("zeros", "Zeros too", Kind.FLAG, default=False)), actions=DOUBTED, source="V15",
    )
)  # fmt: skip
register(
    Condition(
        "same_quality", "Same quality", "{quality} for at least {minutes}", _same_quality,
        (
            Parameter(
                "quality", "Quality", Kind.CHOICE, "suspect",
                choices=(("suspect", "doubted"), ("estimated", "estimated"), ("decided", "edited or accepted")),
            ),
            minutes(1_440),
        ),
        actions=FLAGGED, source="V15",
    )
)  # fmt: skip
register(
    Condition(
        "long_zero", "Zero for long", "zero for at least {minutes} without an outage", _long_zero,
        (minutes(720),), frozenset({Need.OUTAGES}), DOUBTED, "V7",
    )
)  # fmt: skip
register(
    Condition(
        "zero_days", "Zero for days", "nothing but zero for at least {days} days", _zero_days,
        (Parameter("days", "Days", Kind.COUNT, 14, low=2, high=35),),
        frozenset({Need.USAGE}), FLAGGED, "V7", of_day=True,
    )
)  # fmt: skip
