"""Is there a value, and which sign has it? The first conditions of AIM's table (V1, V6, V7)."""

from __future__ import annotations

import numpy as np

from validation import kernels
from validation.actions import Action
from validation.aim_table import allowed
from validation.conditions.condition import Condition, Outcome, register
from validation.facts import Facts
from validation.parameters import Values
from validation.window import Window


def _missing(window: Window, facts: Facts, _: Values) -> Outcome:
    return Outcome(kernels.missing(window.values, window.due, window.edges))


def _zero(window: Window, facts: Facts, _: Values) -> Outcome:
    return Outcome(kernels.zero(window.values, window.edges), np.zeros((1, 1)))


def _anything(window: Window, facts: Facts, _: Values) -> Outcome:
    return Outcome((window.present | window.due) & window.judged)


def _not_missing(window: Window, facts: Facts, _: Values) -> Outcome:
    return Outcome(kernels.present(window.values, window.edges))


def _negative(window: Window, facts: Facts, _: Values) -> Outcome:
    return Outcome(kernels.negative(window.values, window.edges), np.zeros((1, 1)))


def _positive(window: Window, facts: Facts, _: Values) -> Outcome:
    return Outcome(kernels.positive(window.values, window.edges), np.zeros((1, 1)))


register(
    Condition(
        "missing", "Missing", "no value where one was due", _missing,
        actions=allowed("missing", Action.ESTIMATE), source="AIM, V1",
    )
)  # fmt: skip
register(
    Condition(
        "zero", "Zero", "exactly zero", _zero,
        actions=allowed("zero", Action.ESTIMATE, Action.REJECT), source="AIM, V7",
    )
)  # fmt: skip
register(
    Condition(
        "anything", "Anything", "any value, or none", _anything,
        actions=allowed("anything", Action.ESTIMATE), source="AIM",
    )
)  # fmt: skip
register(
    Condition(
        "not_missing", "Not missing", "a value is there", _not_missing,
        actions=allowed("not_missing", Action.REJECT), source="AIM",
    )
)  # fmt: skip
register(
    Condition(
        "negative", "Negative", "below zero", _negative,
        actions=allowed("negative", Action.ESTIMATE, Action.REJECT), source="AIM, V6",
    )
)  # fmt: skip
register(
    Condition(
        "positive", "Positive", "above zero", _positive,
        actions=allowed("positive", Action.REJECT), source="AIM",
    )
)  # fmt: skip
