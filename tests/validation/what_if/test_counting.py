"""What a what-if counts, from results of the engine over small windows: no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tests.validation.rules.hours import HOURS, facts, hours, planned
from validation.actions import Action
from validation.engine.plan import Plan, PlannedRule, Step
from validation.engine.run import run
from validation.services.what_if import evaluate
from validation.what_if.batch import Batch, Outcome
from validation.what_if.examples import MOST_EXAMPLES
from validation.window import Window

FLAT_DAY: list[int | None] = [100] * HOURS


def gap(*columns: int) -> list[int | None]:
    """A day of 100 in every hour but these, where nothing is."""
    return [None if hour in columns else 100 for hour in range(HOURS)]


def plan(*codes: str, action: Action = Action.KEEP) -> Plan:
    """Rules of these conditions, their ids from 1 on."""
    rules: list[PlannedRule] = [
        replace(planned(code, {}, action=action), rule_id=number) for number, code in enumerate(codes, start=1)
    ]
    return Plan(tuple(rules), (Step("linear", {"limit": 300}),))


def batch(window: Window, *plans: Plan, **units: Any) -> Batch:
    """The window judged by each plan."""
    known, rows = facts(window), len(window)
    outcomes = tuple(Outcome(each, window, run(window, known, each, lambda part, needs: facts(part))) for each in plans)
    return Batch(
        window,
        units.get("worth", known.units),
        units.get("names", known.unit_names),
        units.get("summed", np.ones(rows, np.bool_)),
        outcomes,
    )


def shares(first: int, second: int, both: int) -> dict[str, int]:
    return {"first": first, "second": second, "both": both}


def test_nothing_at_all_is_counted_as_nothing() -> None:
    result = evaluate([], 2)
    assert (result["series"], result["values"]) == (0, 0)
    assert result["sets"][0]["rules"] == [] and result["comparison"]["values"] == shares(0, 0, 0)


def test_a_rule_that_finds_nothing_is_told_too() -> None:
    (counted,) = evaluate([batch(hours(FLAT_DAY), plan("missing", "zero"))], 1)["sets"]
    assert [(line["rule"], line["condition"], line["values"]) for line in counted["rules"]] == [
        (1, "missing", 0), (2, "zero", 0),
    ]  # fmt: skip


def test_values_series_days_and_series_add_up_over_batches() -> None:
    two_days = hours(gap(3, 4) + gap(5), FLAT_DAY + FLAT_DAY, FLAT_DAY + gap(7))
    result = evaluate([batch(two_days, plan("missing")), batch(hours(gap(9)), plan("missing"))], 1)
    (line,) = result["sets"][0]["rules"]
    assert (line["values"], line["series_days"], line["series"]) == (5, 4, 3)
    assert (result["series"], result["series_days"], result["values"]) == (4, 7, 7 * HOURS)


def test_estimates_are_counted_by_rule_and_method_and_what_finds_none_waits() -> None:
    longer_than_lines_go = range(6, 12)
    window = hours(gap(3, 4), gap(*longer_than_lines_go))
    (counted,) = evaluate([batch(window, plan("zero", "missing", action=Action.ESTIMATE))], 1)["sets"]
    assert counted["rules"][1]["methods"] == counted["methods"] == {"linear": 2}
    assert (counted["estimated"], counted["unresolved"]) == (2, 6)


def test_totals_are_exact_by_unit_whatever_an_integer_is_worth() -> None:
    window = hours(gap(3), FLAT_DAY, gap(5), gap(6))
    units: dict[str, Any] = {
        "worth": np.array([1.0, 10.0, 0.001, 1.0]), "names": ("Wh", "Wh", "m³", "V"),
        "summed": np.array([True, True, True, False]),
    }  # fmt: skip
    (counted,) = evaluate([batch(window, plan("missing", action=Action.ESTIMATE), **units)], 1)["sets"]
    assert counted["energy"] == [
        {"unit": "Wh", "before": "26300", "after": "26400", "more": "100"},
        {"unit": "m³", "before": "2.300", "after": "2.400", "more": "0.100"},
    ]


def test_two_sets_are_compared_value_by_value_day_by_day_and_by_condition() -> None:
    zeros: Sequence[int | None] = [0, 0, *[100] * (HOURS - 2)]
    window = hours(gap(3, 4), zeros)
    comparison = evaluate([batch(window, plan("missing", "zero"), plan("missing"))], 2)["comparison"]
    assert comparison["values"] == shares(2, 0, 2)
    assert comparison["series_days"] == shares(1, 0, 1)
    assert comparison["conditions"] == {"missing": shares(0, 0, 2), "zero": shares(2, 0, 0)}
    assert comparison["different"] == 0


def test_values_that_would_not_be_the_same_are_counted() -> None:
    both = plan("missing", action=Action.ESTIMATE), plan("missing", action=Action.ZERO)
    assert evaluate([batch(hours(gap(3, 4)), *both)], 2)["comparison"]["different"] == 2


def test_examples_are_of_as_many_series_as_there_are() -> None:
    window = hours(*[gap(3) + gap(4)] * 15)
    (line,) = evaluate([batch(window, plan("missing"))], 1)["sets"][0]["rules"]
    told = [example["series"] for example in line["examples"]]
    assert len(told) == MOST_EXAMPLES and len(set(told)) == 15
    assert told[:15] == sorted(told[:15])


def test_an_example_holds_the_day_before_and_after() -> None:
    window = hours(gap(3, 5))
    (line,) = evaluate([batch(window, plan("missing", action=Action.ZERO))], 1)["sets"][0]["rules"]
    (example,) = line["examples"]
    assert example["before"] == gap(3, 5)
    assert example["after"] == [0 if hour in (3, 5) else 100 for hour in range(HOURS)]
    assert (example["value"], example["limit"], example["count"]) == (None, None, 2)
    assert example["marked"] == [example["start"] + 3 * 3_600, example["start"] + 5 * 3_600]
