"""What is known of the meter and its place: status, outages, service, estimates that go on (V20 to V27)."""

from __future__ import annotations

import numpy as np

from metering.quality import is_estimate
from validation import kernels
from validation.actions import Action
from validation.conditions.choices import DOUBTED, FLAGGED, FLOOR
from validation.conditions.condition import Condition, Outcome, register
from validation.conditions.levels import days_before
from validation.conditions.quantities import at_least, other_units
from validation.facts import Facts, Need
from validation.kernels.days import count_in_days, over_days
from validation.kernels.runs import in_long_runs
from validation.parameters import Kind, Parameter, Values
from validation.window import Window

FILE_STATUS = np.uint32(0b1111111 << 25)
"""Words of files, which are no status of a meter, have some of the upper seven bits set."""
_STATES = {
    "error": (1 << 0, "a critical error"),
    "clock_invalid": (1 << 1, "a clock that is not valid"),
    "data_invalid": (1 << 2, "data that are not valid"),
    "clock_adjusted": (1 << 5, "a clock that was set"),
    "power_down": (1 << 7, "a loss of power"),
}
"""Bits of the status of a load profile as IDIS and DSMR companion specifications have it."""


def _state(window: Window, facts: Facts, parameters: Values) -> Outcome:
    bit, _ = _STATES[parameters["state"]]
    return _bits(window, facts, {"bits": bit})


def _bits(window: Window, facts: Facts, parameters: Values) -> Outcome:
    """A status without a value says nothing about a value."""
    said = np.where(window.status & FILE_STATUS == 0, window.status, np.uint32(0))
    return Outcome(kernels.status_bits(said, int(parameters["bits"]), window.edges) & window.present)


def _inactive(window: Window, facts: Facts, parameters: Values) -> Outcome:
    if facts.in_service is None:
        raise LookupError("Installations were not loaded")
    floor = at_least(parameters["floor"], facts)
    failing = kernels.inactive_consumption(window.values, ~facts.in_service, floor, window.edges)
    return Outcome(failing, floor, other_units(facts, parameters["floor"]))


def _in_outage(window: Window, facts: Facts, parameters: Values) -> Outcome:
    if facts.outages is None:
        raise LookupError("Outages were not loaded")
    floor = at_least(parameters["floor"], facts)
    failing = kernels.consumption_in_outage(window.values, facts.outages, floor, window.edges)
    return Outcome(failing, floor, other_units(facts, parameters["floor"]))


def _estimates(window: Window, facts: Facts, parameters: Values) -> Outcome:
    """What was not measured on a day that is one of so many in a row with something estimated."""
    earlier = days_before(facts.usage, window).estimated
    estimates = is_estimate(window.quality) | (window.due & ~window.present)
    today = count_in_days(estimates, window.edges) > 0
    long = in_long_runs(np.concatenate([earlier, today], axis=1), int(parameters["days"]))
    return Outcome(over_days(long[:, earlier.shape[1] :], window.edges) & estimates)


register(
    Condition(
        "meter_state", "Status of the meter", "the meter said: {state}", _state,
        (
            Parameter(
                "state", "State", Kind.CHOICE, "clock_invalid",
                choices=tuple((code, words) for code, (_, words) in _STATES.items()),
                help="As meters with the usual status of eight bits tell it.",
            ),
        ),
        actions=DOUBTED, source="V24, V25",
    )
)  # fmt: skip
register(
    Condition(
        "status_bits", "Bits of the status", "the status of the meter has one of the bits {bits}", _bits,
        (
            Parameter(
                "bits", "Bits", Kind.COUNT, low=1, high=2**25 - 1,
                help="Sum of the bits of this make of meter: 6 for the second and third.",
            ),
        ),
        actions=DOUBTED, source="V25",
    )
)  # fmt: skip
register(
    Condition(
        "inactive", "Use without service", "energy while no meter was in service", _inactive,
        (FLOOR,), frozenset({Need.SERVICE}), FLAGGED | {Action.ZERO}, "V21",
    )
)  # fmt: skip
register(
    Condition(
        "in_outage", "Use in an outage", "energy in a proven outage", _in_outage,
        (FLOOR,), frozenset({Need.OUTAGES}), FLAGGED | {Action.ZERO}, "V27",
    )
)  # fmt: skip
register(
    Condition(
        "many_estimates", "Estimated for days", "not everything measured on at least {days} days in a row", _estimates,
        (Parameter("days", "Days", Kind.COUNT, 3, low=1, high=35),), frozenset({Need.USAGE}), FLAGGED, "V20",
    )
)  # fmt: skip
