"""Comparing: with another period or another series, by the clock, with exact differences, all in the URL."""

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from metering.models import Series
from tests import factories as make
from tests.metering.pages.world import World, store_day
from tests.scene import signed_in

DAY = date(2026, 6, 2)


def get(world: World, name: str = "values", **query: str) -> Any:
    asked = {"series": str(world.consumption.pk), "period": "day", "date": DAY.isoformat(), **query}
    return signed_in(world.anna).get(reverse(f"metering:{name}"), asked)


def text(response: Any) -> str:
    return unescape(response.content.decode())


def days(series: Series, first: date, *values: int) -> None:
    """Whole local days of one value each from `first` on; midnight is at 21:00 UTC in summer."""
    store_day(series, first - timedelta(days=1), [None] * 84 + [values[0]] * 12)
    for number, value in enumerate(values):
        after = values[min(number + 1, len(values) - 1)]
        store_day(series, first + timedelta(days=number), [value] * 84 + [after] * 12)


@pytest.mark.parametrize(
    ("compare", "other", "title"),
    [
        ("before", date(2026, 6, 1), "Monday 1 June 2026"),
        ("year", date(2025, 6, 2), "Monday 2 June 2025"),
        ("2026-02-27", date(2026, 2, 27), "Friday 27 February 2026"),
    ],
)
def test_another_period_stands_beside_with_the_difference(world: World, compare: str, other: date, title: str) -> None:
    days(world.consumption, other, 10)
    days(world.consumption, DAY, 25)
    page = text(get(world, compare=compare))
    assert title in page and ">+0.015<" in page and "Difference" in page
    drawn = get(world, "chart", compare=compare).json()["series"]
    assert len(drawn) == 2 and title in drawn[1]["label"] and set(drawn[1]["values"][12:]) == {10}
    assert f"compare={compare}" in page.replace("&amp;", "&")


def test_a_week_is_compared_with_the_same_weekdays_of_last_year(world: World) -> None:
    page = text(get(world, period="week", compare="year"))
    assert "With Week 23 · 2 – 8 June 2025" in page


def test_a_month_compared_by_days_has_the_difference_of_the_sums_below(world: World) -> None:
    days(world.consumption, date(2026, 5, 1), *[10] * 31)
    days(world.consumption, date(2026, 6, 1), *[11] * 30)
    page = text(get(world, period="month", sums="day", compare="before"))
    total = page[page.index("<tfoot>") :]
    assert "31.680" in total and "29.760" in total and "+1.920" in total


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2026, 3, 29)])
def test_days_of_another_length_are_compared_by_the_clock(world: World, day: date) -> None:
    days(world.consumption, day - timedelta(days=1), 10, 20)
    drawn = get(world, "chart", date=day.isoformat(), compare="before").json()["series"]
    own, other = (each["values"] for each in drawn)
    assert len(own) == len(other) in (92, 100)
    assert all(value is not None for value in own)
    assert None not in other  # the hour that comes twice is compared twice with the one of the day before


def test_another_series_stands_beside_with_the_difference(world: World) -> None:
    days(world.consumption, DAY, 25)
    days(world.foreign, DAY, 10)
    page = text(get(world, against=str(world.foreign.pk)))
    assert f"{world.south.gsrn}: Active energy import, consumption" in page and ">+0.015<" in page
    assert len(get(world, "chart", against=str(world.foreign.pk)).json()["series"]) == 2


def test_a_series_already_shown_is_drawn_once(world: World) -> None:
    days(world.consumption, DAY, 25)
    days(world.foreign, DAY, 10)
    both = f"{world.consumption.pk},{world.foreign.pk}"
    assert len(get(world, "chart", series=both, against=str(world.foreign.pk)).json()["series"]) == 2
    assert ">+0.015<" in text(get(world, series=both, against=str(world.foreign.pk)))


@pytest.mark.parametrize("fields", [{"unit": "varh"}, {"kind": Series.Kind.STAND}])
def test_another_quantity_has_no_difference_and_the_page_says_so(world: World, fields: dict[str, str]) -> None:
    other = make.make_series(world.north, "1-0:3.8.0", **fields)
    days(world.consumption, DAY, 25)
    days(other, DAY, 10)
    page = text(get(world, against=str(other.pk)))
    assert "There is no difference to" in page and ">Difference<" not in page


def test_a_hidden_series_is_not_compared_with(world: World) -> None:
    url = reverse("metering:values")
    query = {"series": str(world.consumption.pk), "against": str(world.foreign.pk)}
    assert signed_in(world.pekka).get(url, query).status_code == 404


def test_the_file_has_the_series_compared_with_too(world: World) -> None:
    days(world.consumption, DAY, 25)
    days(world.foreign, DAY, 10)
    lines = b"".join(get(world, against=str(world.foreign.pk), format="csv").streaming_content).decode().splitlines()
    assert world.south.gsrn in lines[0] and "0.025" in lines[1] and "0.010" in lines[1]


def test_what_is_no_period_is_said(world: World) -> None:
    answer = get(world, compare="last summer")
    assert answer.status_code == 400 and "Compare with the period before" in text(answer)
