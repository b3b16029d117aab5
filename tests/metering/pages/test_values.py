"""The Data Browser: chart, table, file and versions of the same values, also on the days the clock changes."""

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from metering.models import Series
from metering.quality import Quality
from tests import factories as make
from tests.metering.pages.world import World, store_day, store_register, utc
from tests.queries import count_queries
from tests.scene import signed_in

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def get(client: Client, series: Series, day: date, name: str = "values", /, **query: str) -> Any:
    asked = {"series": str(series.pk), "period": "day", "date": day.isoformat(), **query}
    return client.get(reverse(f"metering:{name}"), asked)


def text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())


@pytest.mark.parametrize(("day", "slots"), [(SPRING, 92), (AUTUMN, 100), (date(2026, 6, 1), 96)])
def test_the_chart_has_every_quarter_of_the_local_day(world: World, day: date, slots: int) -> None:
    for offset in (-1, 0):
        store_day(world.consumption, day + timedelta(days=offset), list(range(96)))
    document = get(signed_in(world.anna), world.consumption, day, "chart").json()
    assert (document["step"], document["zone"]) == (900, "Europe/Helsinki")
    (drawn,) = document["series"]
    assert len(drawn["values"]) == slots and None not in drawn["values"]
    assert (drawn["unit"], drawn["exponent"]) == ("kWh", -3)


@pytest.mark.parametrize(("day", "slots"), [(SPRING, 92), (AUTUMN, 100)])
def test_the_file_has_a_row_for_every_quarter_of_the_local_day(world: World, day: date, slots: int) -> None:
    for offset in (-1, 0):
        store_day(world.consumption, day + timedelta(days=offset), 1234)
    response = get(signed_in(world.anna), world.consumption, day, format="csv")
    head, *rows = csv.reader(StringIO(text(response).removeprefix("\ufeff")))
    assert head == ["Local time", "UTC", "Active energy import, consumption (kWh)", "Quality", "Status", "Comment"]
    assert len(rows) == slots
    assert {tuple(row[2:]) for row in rows} == {("1.234", "measured", "", "")}
    assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == slots


def test_the_file_tells_the_doubled_hour_apart(world: World) -> None:
    store_day(world.consumption, AUTUMN, 5)
    rows = text(get(signed_in(world.anna), world.consumption, AUTUMN, format="csv"))
    assert "2026-10-25T03:15:00+03:00,2026-10-25T00:15:00Z,0.005" in rows
    assert "2026-10-25T03:15:00+02:00,2026-10-25T01:15:00Z,0.005" in rows


def test_the_table_has_the_doubled_hour_twice(world: World) -> None:
    store_day(world.consumption, AUTUMN, [5] * 4 + [7] * 92)
    page = text(get(signed_in(world.anna), world.consumption, AUTUMN))
    assert "Sunday 25 October 2026, 25 hours" in page
    assert page.count('scope="row">03 ') == 2
    assert page.index("03 EEST") < page.index("0.020") < page.index("03 EET<") < page.index("0.028")


def test_several_series_have_a_row_per_instant(world: World) -> None:
    other = make.make_series(world.north, "1-0:2.29.0")
    store_day(world.consumption, AUTUMN, 5)
    store_day(other, AUTUMN, 6)
    page = text(get(signed_in(world.anna), world.consumption, AUTUMN, series=f"{world.consumption.pk},{other.pk}"))
    assert page.count('scope="row">03:15 ') == 2 and "03:15 EEST" in page and "03:15 EET<" in page


@pytest.mark.parametrize(("day", "rows"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)])
def test_the_table_has_a_row_for_every_hour(world: World, day: date, rows: int) -> None:
    for offset in (-1, 0):
        store_day(world.consumption, day + timedelta(days=offset), 5)
    page = text(get(signed_in(world.anna), world.consumption, day))
    assert page.partition("<tfoot>")[0].count('<th scope="row">') == rows


def test_zones_off_the_hour_keep_their_own_hours(world: World) -> None:
    world.utility.time_zone = "Asia/Kathmandu"
    world.utility.save()
    for offset in (-1, 0):
        store_day(world.consumption, date(2026, 6, 1) + timedelta(days=offset), 5)
    page = text(get(signed_in(world.anna), world.consumption, date(2026, 6, 1)))
    assert page.partition("<tfoot>")[0].count('<th scope="row">') == 24 and page.count(">0.020</td>") == 24


def test_days_of_a_month_add_up_to_the_quarters(world: World) -> None:
    for number in range(1, 32):
        store_day(world.consumption, date(2026, 10, number), 10)
    store_day(world.consumption, date(2026, 9, 30), [None] * 84 + [10] * 12)
    page = text(get(signed_in(world.anna), world.consumption, AUTUMN, period="month"))
    assert "1.000" in page and page.count("0.960") >= 29
    assert "29.800" in page  # 31 local days: 2,980 quarter hours of 10 Wh


def test_gaps_qualities_and_totals_are_counted(world: World) -> None:
    store_day(world.consumption, date(2026, 5, 31), 10)
    store_day(world.consumption, date(2026, 6, 1), [10] * 40 + [None] * 8 + [10] * 48)
    store_day(world.consumption, date(2026, 6, 1), [None] * 40 + [7] * 3, quality=Quality.ESTIMATED)
    page = text(get(signed_in(world.anna), world.consumption, date(2026, 6, 1)))
    assert "3 estimated" in page and "5 missing" in page
    assert page.count(">missing</span>") == 5
    assert "91 of 96" in page and "94.7" in page


def test_values_that_are_not_due_yet_are_no_gap(world: World) -> None:
    page = text(get(signed_in(world.anna), world.consumption, date(2099, 1, 1)))
    assert "No values in this period" in page and "missing</span>" not in page


def test_several_series_stand_side_by_side_in_one_file(world: World) -> None:
    hourly = make.make_series(world.north, "1-0:1.7.0", "W", kind=Series.Kind.INSTANTANEOUS, interval_s=3600)
    store_day(world.consumption, date(2026, 6, 1), 10)
    store_day(hourly, date(2026, 6, 1), 230)
    query = {"series": f"{world.consumption.pk},{hourly.pk}", "from": "2026-06-01T12:00", "to": "2026-06-01T13:00"}
    response = signed_in(world.anna).get(reverse("metering:values"), {**query, "format": "csv"})
    rows = list(csv.reader(StringIO(text(response))))[1:]
    assert [row[2] for row in rows] == ["0.010"] * 4
    assert [row[6] for row in rows] == ["230", "", "", ""]


def test_the_chart_gathers_finer_series_into_the_longest_step(world: World) -> None:
    hourly = make.make_series(world.north, "1-0:2.29.0", interval_s=3600)
    store_day(world.consumption, date(2026, 6, 1), 10)
    store_day(hourly, date(2026, 6, 1), 3)
    query = {"series": f"{world.consumption.pk},{hourly.pk}", "from": "2026-06-01T12:00", "to": "2026-06-01T14:00"}
    document = signed_in(world.anna).get(reverse("metering:chart"), query).json()
    assert document["step"] == 3600
    assert [drawn["values"] for drawn in document["series"]] == [[40, 40], [3, 3]]


def test_register_values_are_steps_in_the_chart_and_rows_in_the_table(world: World) -> None:
    daily = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND, periodicity=Series.Periodicity.DAILY)
    store_register(daily, [utc(2026, 5, 31, 21), utc(2026, 6, 1, 21)], [1000, 2500])
    client = signed_in(world.anna)
    query = {"series": str(daily.pk), "from": "2026-06-01", "to": "2026-06-02"}
    (drawn,) = client.get(reverse("metering:chart"), query).json()["series"]
    assert drawn["values"] == [1000] * 96 + [2500] * 96
    page = text(client.get(reverse("metering:values"), query))
    assert ">1.000</a>" in page and ">2.500</a>" in page and "Difference" in page


def test_comparing_lays_the_period_before_over_this_one(world: World) -> None:
    for number, value in ((30, 1), (31, 2)):
        store_day(world.consumption, date(2026, 5, number), value)
    store_day(world.consumption, date(2026, 6, 1), 2)
    client = signed_in(world.anna)
    document = get(client, world.consumption, date(2026, 6, 1), "chart", compare="before").json()
    now, before = document["series"]
    assert now["values"] == [2] * 96
    assert before["values"] == [1] * 12 + [2] * 84  # local midnight is 21:00 UTC
    assert "31 May 2026" in before["label"]


def test_versions_say_who_when_why(world: World) -> None:
    day = date(2026, 6, 1)
    store_day(world.consumption, day, 10, job_id=77, message="load profile")
    store_day(world.consumption, day, [25], quality=Quality.EDITED, user_id=world.anna.pk, message="<b>phoned</b>")
    client = signed_in(world.anna)
    url = reverse("metering:value", args=[world.consumption.pk, "2026-06-01T00:00:00Z"])
    page = text(client.get(url))
    assert page.index("0.025 kWh") < page.index("0.010 kWh")
    assert world.anna.username in page and "77" in page and "Edited" in page
    assert "&lt;b&gt;phoned&lt;/b&gt;" in page and "<b>phoned" not in page
    fragment = text(client.get(url, headers={"HX-Request": "true"}))
    assert "0.025 kWh" in fragment and "<html" not in fragment
    assert url in text(get(client, world.consumption, day))


@pytest.mark.parametrize("at", ["2026-06-01T00:00:00Z", "2026-06-01T00:07:00Z", "never", "2026-06-01"])
def test_a_value_that_never_was_is_not_found(world: World, at: str) -> None:
    url = reverse("metering:value", args=[world.consumption.pk, at])
    assert signed_in(world.anna).get(url).status_code == 404


@pytest.mark.parametrize("name", ["values", "chart"])
def test_series_outside_the_segment_are_not_found(world: World, name: str) -> None:
    day = date(2026, 6, 1)
    assert get(signed_in(world.pekka), world.consumption, day, name).status_code == 200
    assert get(signed_in(world.pekka), world.foreign, day, name).status_code == 404
    assert get(signed_in(world.stranger), world.consumption, day, name).status_code == 404
    both = f"{world.consumption.pk},{world.foreign.pk}"
    assert get(signed_in(world.pekka), world.consumption, day, name, series=both).status_code == 404
    assert get(signed_in(world.anna), world.consumption, day, name, series="1;2").status_code == 404


@pytest.mark.parametrize("name", ["values", "chart"])
def test_visitors_sign_in_and_roles_are_asked(world: World, name: str) -> None:
    day = date(2026, 6, 1)
    assert get(Client(), world.consumption, day, name).status_code == 302
    assert get(signed_in(world.roleless), world.consumption, day, name).status_code == 403


def test_versions_respect_the_segment(world: World) -> None:
    store_day(world.foreign, date(2026, 6, 1), 10)
    url = reverse("metering:value", args=[world.foreign.pk, "2026-06-01T00:00:00Z"])
    assert signed_in(world.anna).get(url).status_code == 200
    assert signed_in(world.pekka).get(url).status_code == 404


def test_a_bad_period_is_said_and_the_chart_refuses_it(world: World) -> None:
    client, day = signed_in(world.anna), date(2026, 6, 1)
    page = get(client, world.consumption, day, period="<i>")
    assert page.status_code == 400 and "This week is shown instead" in text(page)
    assert get(client, world.consumption, day, "chart", period="x").json()["error"]


def test_the_picker_finds_series_of_open_points_only(world: World) -> None:
    url = reverse("metering:values")
    assert f"?series={world.foreign.pk}&amp;" in text(signed_in(world.anna).get(url, {"find": "South"}))
    found = text(signed_in(world.pekka).get(url, {"find": "South"}))
    assert "No series found for" in found and world.south.gsrn not in found


def test_a_page_without_series_says_how_to_begin(world: World) -> None:
    assert "Choose a series to begin" in text(signed_in(world.anna).get(reverse("metering:values")))


def test_a_page_without_series_offers_some_to_begin_with(world: World) -> None:
    url = reverse("metering:values")
    page = text(signed_in(world.pekka).get(url))
    assert f'href="?series={world.consumption.pk}&amp;' in page and world.north.address in page
    assert world.south.address not in page and world.south.address in text(signed_in(world.anna).get(url))


def test_queries_do_not_grow_with_the_series_shown(world: World) -> None:
    client = signed_in(world.anna)
    more = [make.make_series(world.north, f"1-0:{n}.29.0") for n in (21, 41, 61)]
    for series in (world.consumption, *more):
        store_day(series, date(2026, 6, 1), 10)
    counts = []
    for shown in ([world.consumption], [world.consumption, *more]):
        with count_queries() as counted:
            get(client, world.consumption, date(2026, 6, 1), series=",".join(str(each.pk) for each in shown))
        counts.append(counted.number)
    assert counts[0] == counts[1] <= 20
