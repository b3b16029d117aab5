"""Conditions AIM does not have, formulas of register values, and the calendar they are compared by."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metering.intervals import day_number, day_of, to_instant
from metering.quality import Quality
from tests.validation.periodic.readings import ask, facts, marked, window
from validation.models import Rule, RuleSet
from validation.periodic.calendar import YEAR, LocalDays, months_before
from validation.periodic.keys import find, keys_of
from validation.rule_check import Known, check_rule
from validation.set_check import contradictions

HELSINKI = ZoneInfo("Europe/Helsinki")


def test_a_register_shows_no_more_than_its_digits() -> None:
    stands = window([0, 9_999, 10_000, -1, None], stand=True, digits=4)
    assert marked(ask("beyond_dials", stands)) == "..xx."
    unknown = ask("beyond_dials", window([10**12], stand=True))
    assert marked(unknown) == "."
    assert {reason: rows.tolist() for reason, rows in unknown.not_judged.items()} == {
        "the digits of the register are not known": [True]
    }


def test_below_zero() -> None:
    assert marked(ask("negative", window([0, -1, None, 1]))) == ".x.."


def test_a_roll_over_explains_a_lower_stand() -> None:
    stands = window([9_000, 9_900, 100, 50, None, 60], stand=True, digits=4)
    assert marked(ask("rolled_over", stands)) == "..x..."
    assert marked(ask("not_increasing", stands)) == "...x.."
    assert marked(ask("not_increasing", window([9_000, 100], stand=True))) == ".x"
    assert marked(ask("not_increasing", window([9_000, 100]))) == "..", "what was used may be less"


def test_the_value_itself_or_what_was_used() -> None:
    stands = window([1_000, 1_010, 1_030, 1_040, 1_040], stand=True)
    assert marked(ask("higher_than_previous", stands, of="stand")) == ".xxx."
    assert marked(ask("higher_than_previous", stands)) == "..x.."
    assert marked(ask("lower_than_previous", stands)) == "...xx"
    assert marked(ask("zero", stands, of="consumption")) == "....x"
    assert marked(ask("higher_than", stands, limit="15 Wh", of="consumption")) == "..x.."
    shown = ask("higher_than", stands, limit="15 Wh", of="consumption").shown
    assert shown is not None and shown.tolist()[2] == 20


def test_doubtful_values_are_judged_but_nothing_is_compared_with_them() -> None:
    values = window([10, 99, 11, 200], quality={1: Quality.SUSPECT, 3: Quality.ESTIMATED})
    outcome = ask("higher_than_previous", values, percent=50)
    assert marked(outcome) == ".x.x"
    assert outcome.limit is not None and outcome.limit.tolist()[2:] == [15.0, 16.5]


def test_the_reset_counter_rolls_over_at_its_digits() -> None:
    values, known = window([1, 2, 3, 4, 5]), facts(resets=[98, 99, 0, 0, None])
    assert marked(ask("wrong_resets", values, known)) == "...x."
    assert marked(ask("wrong_resets", values, known, digits=3)) == "..xx."


def test_after_an_implausible_value() -> None:
    values = window([1, 2, None, 4])
    assert marked(ask("after_implausible", values, facts(doubted=[1], count=4))) == "...x"
    assert marked(ask("after_implausible", values, facts(doubted=[], count=4))) == "...."


def test_bits_of_a_status_without_a_value_say_nothing() -> None:
    values = window([1, None, 3, 4], status={0: 4, 1: 4, 2: 3, 3: 4 | 1 << 27})
    assert marked(ask("status_bits", values, bits=4)) == "x..."


@pytest.mark.parametrize(
    ("formula", "fails"),
    [
        ("consumption > 15", "..x.."),
        ("value > previous_value + 15", "..x.."),
        ("consumption > previous_consumption", "..x.."),
        ("value > month_value and month_consumption == 20", "...x."),
        ("days > 28.5 and month == 3", "....."),
        ("days == 28", "..x.."),
        ("missing(year_value) and missing(year_consumption)", "xxxxx"),
        ("value - month_source == 20", "..x.."),
        ("missing(year_source)", "xxxxx"),
        ("reference > 1", "x...."),
        ("status == 1", ".x..."),
        ("consumption / (value - 1010) > 1", "....."),
    ],
)
def test_what_formulas_may_name(formula: str, fails: str) -> None:
    stands = window([1_000, 1_010, 1_030, 1_040, 1_040], stand=True, status={1: 1})
    known = facts(source=[1_000, 1_010, 1_030, 1_040, 1_040], reference=[2, 1, None, 0, 0])
    outcome = ask("check_function", stands, known, formula=formula)
    assert marked(outcome) == fails
    assert bool(outcome.not_judged["the formula divides by zero"][0]) == ("/" in formula)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("average > 1", "average"),
        ("previous(value) > 1", "previous() does not go with periodic values"),
        ("sum_day(value) > 1", "sum_day() does not go"),
        ("hour() == 1", "hour() does not go"),
        ('series("1-0:1.8.0") > 1', "1-0:1.8.0"),
        ("value + 1", "The formula is a number"),
        ("value >", "ends too early"),
    ],
)
def test_what_formulas_may_not(formula: str, reason: str) -> None:
    rule = Rule(
        name="f", condition="check_function", parameters={"formula": formula},
        rule_set=RuleSet(kind=RuleSet.Kind.PERIODIC),
    )  # fmt: skip
    (problem,) = check_rule(rule, Known(units=frozenset({"Wh"})))
    assert problem.field == "parameters.formula"
    assert reason in problem.message


def test_limits_of_different_things_do_not_contradict_one_another() -> None:
    rule_set = RuleSet(kind=RuleSet.Kind.PERIODIC)

    def limit(condition: str, amount: str, of: str) -> Rule:
        told = {"limit": amount, "of": of}
        return Rule(name=f"{condition} {of}", condition=condition, parameters=told, rule_set=rule_set)

    lowest = limit("lower_than", "100 Wh", "stand")
    assert contradictions([lowest, limit("higher_than", "50 Wh", "consumption")]) == []
    (problem,) = contradictions([lowest, limit("higher_than", "50 Wh", "stand")])
    assert "no value passes both" in problem.message


@pytest.mark.parametrize(
    ("day", "month_ago", "year_ago"),
    [
        ("2026-03-01", "2026-02-01", "2025-03-01"),
        ("2026-03-31", "2026-02-28", "2025-03-31"),
        ("2028-02-29", "2028-01-29", "2027-02-28"),
        ("2029-02-28", "2029-01-28", "2028-02-28"),
        ("2026-01-31", "2025-12-31", "2025-01-31"),
    ],
)
def test_the_same_day_of_months_before(day: str, month_ago: str, year_ago: str) -> None:
    number = np.array([day_number(dt.date.fromisoformat(day))], np.int64)
    assert [day_of(int(months_before(number, back)[0])).isoformat() for back in (1, YEAR)] == [month_ago, year_ago]


def test_midnights_a_month_before_across_a_change_of_clocks() -> None:
    days = LocalDays.between(dt.date(2026, 2, 1), dt.date(2026, 4, 30), HELSINKI)
    at = days.midnight(np.array([day_number(dt.date(2026, 4, 15))]))
    assert to_instant(int(at[0])) == dt.datetime(2026, 4, 14, 21, tzinfo=dt.UTC)
    assert to_instant(int(days.months_before(at, 1)[0])) == dt.datetime(2026, 3, 14, 22, tzinfo=dt.UTC)
    assert days.of(at - 1).tolist() == [day_number(dt.date(2026, 4, 14))]


def test_readings_are_looked_up_by_series_and_instant() -> None:
    keys = keys_of(np.array([1, 1, 2]), np.array([50, 60, 50]))
    place, known = find(keys, keys_of(np.array([1, 2, 2, 3]), np.array([60, 50, 60, 50])))
    assert known.tolist() == [True, True, False, False]
    assert place[known].tolist() == [1, 2]
    assert find(keys[:0], keys)[1].tolist() == [False] * 3
