"""Look-up orders: every row of the published tables, holidays, a year back, and what an order may not say."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.validation.estimators.block import dates, number, ordinary_day, past
from validation.estimators.days import DayKind
from validation.estimators.like_days import from_days
from validation.estimators.orders import OrderError, looked_up, parse_order, shipped_orders

# The week of the day to estimate, Sunday to Saturday, and the weeks before it, by the first letters of the days.
SUNDAY = dt.date(2024, 5, 12)
LETTERS = ("su", "mo", "tu", "we", "th", "fr", "sa")


def date_of(name: str) -> dt.date:
    """ "tu-1" = Tuesday of the week before."""
    letters, _, weeks = name.partition("-")
    return SUNDAY + dt.timedelta(days=LETTERS.index(letters) - 7 * int(weeks or 0))


ITRON = {
    "mo": ["mo-1", "mo-2"],
    "tu": ["tu-1", "we-1", "th-1"],
    "we": ["we-1", "tu", "tu-1", "th-1"],
    "th": ["th-1", "we", "we-1", "tu", "tu-1"],
    "fr": ["fr-1"],
    "sa": ["sa-1"],
    "su": ["su-1"],
}
WESTERN_AUSTRALIA = {
    "mo": ["mo-1"],
    "tu": ["tu-1", "we-1", "th-1", "we", "th"],
    "we": ["we-1", "tu", "th", "th-1", "tu-1"],
    "th": ["th-1", "we", "tu", "we-1", "tu-1"],
    "fr": ["fr-1"],
    "sa": ["sa-1"],
    "su": ["su-1"],
}
ROWS = [
    (name, day, expected)
    for name, table in (("itron", ITRON), ("wa", WESTERN_AUSTRALIA))
    for day, expected in table.items()
]


@pytest.mark.parametrize(("name", "day", "expected"), ROWS)
def test_every_row_of_the_published_orders(name: str, day: str, expected: list[str]) -> None:
    history = past(SUNDAY - dt.timedelta(days=28), 42)
    found = looked_up(history, ordinary_day(date_of(day)), shipped_orders()[name])
    assert dates(history, found) == [date_of(entry) for entry in expected]


@pytest.mark.parametrize("name", ["itron", "wa"])
@pytest.mark.parametrize("day", LETTERS[1:])
def test_a_holiday_asks_the_sunday_before_it_and_the_one_before_that(name: str, day: str) -> None:
    history = past(SUNDAY - dt.timedelta(days=28), 42)
    found = looked_up(history, ordinary_day(date_of(day), holiday=True), shipped_orders()[name])
    assert dates(history, found) == [date_of("su"), date_of("su-1")]


@pytest.mark.parametrize(("day", "expected"), ITRON.items())
def test_the_variant_of_52_weeks_takes_the_same_days_a_year_before(day: str, expected: list[str]) -> None:
    back = dt.timedelta(weeks=52)
    history = past(SUNDAY - back - dt.timedelta(days=28), 42)
    found = looked_up(history, ordinary_day(date_of(day)), shipped_orders()["itron-52-weeks"])
    assert dates(history, found) == [date_of(entry) - back for entry in expected]


def test_a_named_weekday_that_was_a_holiday_is_passed_over() -> None:
    history = past(SUNDAY - dt.timedelta(days=28), 42, holidays=(date_of("tu-1"),))
    found = looked_up(history, ordinary_day(date_of("tu")), shipped_orders()["itron"])
    assert dates(history, found) == [date_of("we-1"), date_of("th-1")]


def test_the_first_day_that_has_the_values_gives_them() -> None:
    history = past(SUNDAY - dt.timedelta(days=28), 28)
    history.usable[0, history.positions(np.array([number(date_of("tu-1"))])), 10] = False
    days = ordinary_day(date_of("tu"))
    wanted = np.zeros((1, 24), np.bool_)
    wanted[0, [3, 10, 11]] = True
    answer = from_days(history, days, wanted, looked_up(history, days, shipped_orders()["itron"]))[0]
    assert answer[3] == number(date_of("tu-1")) * 1000 + 3
    assert answer[[10, 11]].tolist() == [number(date_of("we-1")) * 1000 + slot for slot in (10, 11)]


def test_several_days_at_once_have_their_own_rows() -> None:
    history = past(SUNDAY - dt.timedelta(days=28), 42)
    week = [looked_up(history, ordinary_day(date_of(day)), shipped_orders()["wa"]) for day in ITRON]
    assert {found.shape for found in week} == {(1, 5)}


def entries(**changed: Any) -> dict[str, Any]:
    return {kind.name.lower(): ["sunday-1"] for kind in DayKind} | changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entries(monday=["someday"]), "'someday' begins with no weekday"),
        (entries(monday=["holiday"]), "'holiday' begins with no weekday"),
        (entries(monday=["monday-x"]), "'x' is no number of weeks"),
        (entries(monday=["monday-521"]), "'521' is no number of weeks"),
        (entries(monday=["monday--1"]), "'-1' is no number of weeks"),
        (entries(friday=[]), "names no day for friday"),
        (entries(friday="friday-1"), "names no day for friday"),
        ({"monday": ["monday-1"]}, "names no day for tuesday"),
        (entries(weeks_before=-1), "'-1' is no number of weeks"),
        ({"like": "nobody"}, "no order 'nobody' to be like"),
    ],
)
def test_an_order_that_cannot_be_followed_says_why(text: dict[str, Any], said: str) -> None:
    with pytest.raises(OrderError, match=said):
        parse_order(text, shipped_orders())


def test_an_order_of_ones_own() -> None:
    order = parse_order(entries(monday=["friday-1", "monday-3"]))
    history = past(SUNDAY - dt.timedelta(days=28), 42)
    assert dates(history, looked_up(history, ordinary_day(date_of("mo")), order)) == [date_of("fr-1"), date_of("mo-3")]
