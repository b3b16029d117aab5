"""Edit mode without JavaScript: the table as a form, what it saves, what it refuses, and that nothing typed is lost."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import User
from metering import store
from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE
from tests import factories as make
from tests.metering.pages.world import World, store_day, store_register, utc
from tests.scene import signed_in

DAY = "2026-06-02"
MIDNIGHT = utc(2026, 6, 1, 21)
AUTUMN = date(2026, 10, 25)


@pytest.fixture
def sheet(world: World) -> World:
    """Two local days of 10 Wh; nothing from 03:00 to 03:30 of the first (00:00 and 00:15 UTC)."""
    store_day(world.consumption, date(2026, 6, 1), 10)
    store_day(world.consumption, date(2026, 6, 2), [None, None, *[10] * 94])
    store_day(world.consumption, date(2026, 6, 3), 10)
    return world


def address(*series: Series, **query: str) -> str:
    asked = {"series": ",".join(str(each.pk) for each in series), "period": "day", "date": DAY, "edit": "1", **query}
    return reverse("metering:values") + "?" + "&".join(f"{name}={value}" for name, value in asked.items())


def text(response: Any) -> str:
    return unescape(response.content.decode())


def token(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def name(hour: int, minute: int = 0, day: int = 2) -> str:
    """The input of the interval that begins then, UTC."""
    return f"v{int(utc(2026, 6, day, hour, minute).timestamp())}"


def send(client: Client, url: str, typed: dict[str, str], reason: str = "read by hand") -> Any:
    seen = token(text(client.get(url)))
    return client.post(url, {"seen": seen, "reason": reason, **typed})


def stored(series: Series) -> tuple[list[int], list[int]]:
    matrix = store.read([series.pk], utc(2026, 6, 2), utc(2026, 6, 2, 1))
    return matrix.values[0].tolist(), matrix.quality[0].tolist()


def test_every_value_of_the_day_is_an_input_with_what_is_stored(sheet: World) -> None:
    page = text(signed_in(sheet.anna).get(address(sheet.consumption)))
    inputs = re.findall(r'<input id="(v\d+)" name="\1" value="([^"]*)" data-stored="\2"', page)
    assert len(inputs) == 96
    assert dict(inputs)[name(0)] == "" and dict(inputs)[name(1)] == "0.010"
    assert page.count(">no value</span>") == 2 and page.count(">measured</span>") == 94


def test_what_is_typed_is_saved_as_a_decision_and_leads_back_to_the_period(sheet: World) -> None:
    client = signed_in(sheet.anna)
    answer = send(client, address(sheet.consumption), {name(0): "0.007", name(0, 30): "", name(0, 45): "0.010"})
    assert answer.status_code == 302 and answer.url == f"?series={sheet.consumption.pk}&period=day&date={DAY}"
    assert stored(sheet.consumption) == (
        [7, NO_VALUE, NO_VALUE, 10],
        [Quality.EDITED, Quality.MISSING, Quality.DELETED, Quality.MEASURED],
    )
    origin = store.history(sheet.consumption.pk, utc(2026, 6, 2))[0].origin
    assert (origin.user_id, origin.rule, origin.message) == (sheet.anna.pk, "edit", "read by hand")
    page = text(client.get(reverse("metering:values") + answer.url))
    assert "Values saved: 1 new, 1 changed." in page


def test_without_a_reason_nothing_is_saved_and_nothing_typed_is_lost(sheet: World) -> None:
    answer = send(signed_in(sheet.anna), address(sheet.consumption), {name(0): "0.007"}, reason="  ")
    page = text(answer)
    assert answer.status_code == 400 and "Say why the values are changed" in page
    assert f'name="{name(0)}" value="0.007"' in page
    assert stored(sheet.consumption)[0][0] == NO_VALUE


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0.0071", "multiples of 0.001"),
        ("1,234", "the decimal sign is a point"),
        ("1 234", "digits are not grouped"),
        ("seven", "is not a number"),
        ("1e3", "is not a number"),
        ("9" * 30, "too large"),
    ],
)
def test_a_number_that_does_not_fit_is_named_in_its_row(sheet: World, typed: str, words: str) -> None:
    answer = send(signed_in(sheet.anna), address(sheet.consumption), {name(0): typed, name(1): "0.5"})
    page = text(answer)
    row = re.search(rf'<tr class="changed"><th scope="row" id="{name(0)}-time">03:00</th>.*?</tr>', page, re.DOTALL)
    assert answer.status_code == 400 and row is not None
    assert words in row.group() and 'aria-invalid="true"' in row.group() and f'value="{typed}"' in row.group()
    assert "A value is not accepted; nothing was saved" in page
    assert stored(sheet.consumption)[0][0] == NO_VALUE


def test_the_decimal_sign_is_that_of_the_language_and_can_be_switched(sheet: World) -> None:
    client, url = signed_in(sheet.anna), address(sheet.consumption)
    finnish = text(client.get(url, headers={"accept-language": "fi-FI,fi;q=0.9"}))
    assert f'name="{name(1)}" value="0,010"' in finnish and "the decimal sign is a comma" in finnish
    comma = address(sheet.consumption, decimal="comma")
    assert send(client, comma, {name(0): "0,007"}).status_code == 302
    assert stored(sheet.consumption)[0][0] == 7


def test_values_that_changed_meanwhile_are_shown_beside_what_was_typed(sheet: World) -> None:
    client, url = signed_in(sheet.anna), address(sheet.consumption)
    seen = token(text(client.get(url)))
    make.make_values(sheet.consumption, utc(2026, 6, 2), [5])
    typed = {"reason": "phoned", name(0): "0.007", name(1): "0.020"}
    answer = client.post(url, {"seen": seen, **typed})
    page = text(answer)
    assert answer.status_code == 409 and "Values changed while you were editing" in page
    assert "changed meanwhile; you saw no value" in page and f'name="{name(0)}" value="0.007"' in page
    assert 'value="phoned"' in page
    assert stored(sheet.consumption)[0][0] == 5
    assert client.post(url, {"seen": token(page), **typed}).status_code == 302
    assert stored(sheet.consumption)[0][0] == 7


def test_a_form_of_other_values_or_a_forged_one_is_refused(sheet: World) -> None:
    client = signed_in(sheet.anna)
    other = token(text(client.get(address(sheet.foreign, date=DAY))))
    for seen in (other, "", "forged"):
        answer = client.post(address(sheet.consumption), {"seen": seen, "reason": "x", name(0): "1"})
        assert answer.status_code == 400 and "open it again" in text(answer)
    assert stored(sheet.consumption)[0][0] == NO_VALUE


@pytest.mark.parametrize(("day", "inputs"), [(date(2026, 3, 29), 92), (AUTUMN, 100)])
def test_days_of_another_length_have_an_input_for_every_interval(world: World, day: date, inputs: int) -> None:
    for offset in (0, 1):
        store_day(world.consumption, day.fromordinal(day.toordinal() - offset), 10)
    page = text(signed_in(world.anna).get(address(world.consumption, date=day.isoformat())))
    assert len(re.findall(r"data-stored=", page)) == inputs
    assert f"{inputs / 4:g} hours" in page


def test_both_runs_of_the_doubled_hour_are_told_apart_and_saved_each(world: World) -> None:
    store_day(world.consumption, AUTUMN, 10)
    client, url = signed_in(world.anna), address(world.consumption, date=AUTUMN.isoformat())
    page = text(client.get(url))
    assert ">03:00 EEST<" in page and ">03:00 EET<" in page
    first, second = (f"v{int(utc(2026, 10, 25, hour).timestamp())}" for hour in (0, 1))
    assert send(client, url, {first: "0.001", second: "0.002"}).status_code == 302
    values = store.read([world.consumption.pk], utc(2026, 10, 25), utc(2026, 10, 25, 2)).values[0]
    assert (values[0], values[4]) == (1, 2)


def test_the_registers_say_how_far_the_sum_is_off(sheet: World) -> None:
    daily = make.make_series(sheet.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    store_register(daily, [MIDNIGHT, utc(2026, 6, 2, 21)], [5000, 6000])
    page = text(signed_in(sheet.anna).get(address(sheet.consumption)))
    assert "0.940" in page and "1.000" in page and "−0.060" in page


def test_stands_are_not_edited_and_the_page_says_why_and_where_to(world: World) -> None:
    stand = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, feeds=world.consumption)
    store_day(stand, date(2026, 6, 2), 10)
    page = text(signed_in(world.anna).get(address(stand)))
    assert "as the meter showed them" in page and f"?series={world.consumption.pk}&edit=1" in page
    assert "data-stored" not in page


def test_longer_periods_are_not_edited_value_by_value(sheet: World) -> None:
    page = text(signed_in(sheet.anna).get(address(sheet.consumption, period="month")))
    assert "at most 800 can be edited one by one" in page and "Change the whole period" in page


def test_a_week_is_edited_with_the_other_series_beside_it(sheet: World) -> None:
    store_day(sheet.foreign, date(2026, 6, 2), 777)
    both = address(sheet.consumption, sheet.foreign, period="week")
    page = text(signed_in(sheet.anna).get(both))
    assert len(re.findall(r"data-stored=", page)) == 672 and "0.777" in page and "Wednesday 3 June 2026" in page


@pytest.mark.parametrize("verb", ["get", "post"])
def test_who_may_edit(sheet: World, verb: str) -> None:
    url = address(sheet.consumption)

    def status(user: User) -> int:
        response: Any = getattr(signed_in(user), verb)(url)
        return int(response.status_code)

    assert status(sheet.pekka) == 403
    assert status(sheet.stranger) == 404
    assert status(sheet.anna) in (200, 400)
    assert getattr(Client(), verb)(url).status_code == 302
    shown = text(signed_in(sheet.pekka).get(address(sheet.consumption, edit="0")))
    assert "edit=1" not in shown and "edit=1" in text(signed_in(sheet.anna).get(address(sheet.consumption, edit="0")))
