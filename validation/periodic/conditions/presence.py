"""Is there a value, and which sign has it? (V1, V6, V7)"""

from __future__ import annotations

import numpy as np

from validation import kernels
from validation.parameters import Values
from validation.periodic.conditions.choices import OF_VALUE, shown
from validation.periodic.conditions.condition import PeriodicCondition, PeriodicOutcome, register
from validation.periodic.references import Measure
from validation.periodic.window import PeriodicFacts, PeriodicWindow


def _missing(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    return PeriodicOutcome(kernels.missing(window.readings.values, window.readings.due))


def _late(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    return PeriodicOutcome(kernels.missing(window.readings.values, window.readings.late))


def _zero(window: PeriodicWindow, facts: PeriodicFacts, parameters: Values) -> PeriodicOutcome:
    measure = Measure.of(window, parameters["of"])
    return PeriodicOutcome(kernels.zero(measure.values), np.zeros(len(window.readings)), shown(measure))


def _anything(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    return PeriodicOutcome(window.present | window.readings.due)


def _not_missing(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    return PeriodicOutcome(kernels.present(window.readings.values))


def _negative(window: PeriodicWindow, facts: PeriodicFacts, _: Values) -> PeriodicOutcome:
    return PeriodicOutcome(kernels.negative(window.readings.values), np.zeros(len(window.readings)))


register(PeriodicCondition("missing", "Missing", "no value where one was due", _missing, source="AIM, V1"))
register(PeriodicCondition("zero", "Zero", "{of} exactly zero", _zero, (OF_VALUE,), source="AIM, V7"))
register(PeriodicCondition("anything", "Anything", "any value, or none", _anything))
register(PeriodicCondition("not_missing", "Not missing", "a value is there", _not_missing))
register(
    PeriodicCondition(
        "communication_error", "Communication error", "no value by the deadline of the utility", _late, source="V1"
    )
)
register(PeriodicCondition("negative", "Negative", "below zero", _negative, source="V6"))
