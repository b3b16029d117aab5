"""Values through the API: columns, CSV, local days, past states, bounds."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE
from tests import factories as make
from tests.api.scene import START, Scene
from tests.queries import count_queries

HOUR = {"start": "2026-03-01T00:00:00Z", "end": "2026-03-01T01:00:00Z"}


def _get(scene: Scene, series: Series, query: dict[str, str], **headers: str) -> Any:
    client = scene.client(scene.everyone)
    return client.get(f"/api/v1/series/{series.pk}/values/", query, headers=headers)


def test_a_profile_series_as_columns(scene: Scene) -> None:
    series = scene.north.series
    make.make_values(series, START, [10, 20, NO_VALUE, 40], [0, Quality.SUSPECT, 0, Quality.SUSPECT])
    column = _get(scene, series, HOUR).json()
    assert (column["start"], column["step_s"], column["values"]) == (HOUR["start"], 900, [10, 20, None, 40])
    assert [(run["name"], run["count"]) for run in column["quality"]] == [
        ("measured", 1), ("suspect", 1), ("missing", 1), ("suspect", 1),
    ]  # fmt: skip
    assert column["status"] == [{"word": 0, "count": 4}]
    assert (column["series"], column["gsrn"]) == (series.pk, scene.north.metering_point.gsrn)
    assert (column["unit"], column["exponent"], column["zone"]) == ("Wh", 0, "Europe/Helsinki")


def test_a_periodic_series_has_an_instant_per_value(scene: Scene) -> None:
    make.make_register_values(scene.north.daily, {START: 100, START + timedelta(days=2): 300})
    column = _get(scene, scene.north.daily, {"start": "2026-03-01T00:00:00Z", "end": "2026-03-04T00:00:00Z"}).json()
    assert column["at"] == ["2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z"]
    assert column["values"] == [100, 300]
    assert "step_s" not in column


@pytest.mark.parametrize(
    ("day", "next_day", "slots", "start"),
    [
        ("2026-03-29", "2026-03-30", 92, "2026-03-28T22:00:00Z"),
        ("2026-10-25", "2026-10-26", 100, "2026-10-24T21:00:00Z"),
        ("2026-06-01", "2026-06-02", 96, "2026-05-31T21:00:00Z"),
    ],
)
def test_dates_are_local_days_of_the_utility(scene: Scene, day: str, next_day: str, slots: int, start: str) -> None:
    column = _get(scene, scene.north.series, {"start": day, "end": next_day}).json()
    assert (len(column["values"]), column["start"]) == (slots, start)


def test_several_series_come_in_the_order_asked_for(scene: Scene) -> None:
    wanted = [scene.south.daily.pk, scene.south.series.pk, scene.north.series.pk]
    make.make_values(scene.north.series, START, [1])
    make.make_values(scene.south.series, START, [2])
    client = scene.client(scene.everyone)
    query = {"series": ",".join(map(str, wanted)), **HOUR}
    client.get("/api/v1/values/", query)
    with count_queries() as counted:
        columns = client.get("/api/v1/values/", query).json()["series"]
    assert [column["series"] for column in columns] == wanted
    assert [column["values"][:1] for column in columns] == [[], [2], [1]]
    # Four for the token, its permissions and the series; one for the units they have now; three per reading of the
    # store, profiles and registers: the values, and before and after them which months of this old period are archived.
    assert counted.number == 11


def test_csv_has_a_line_per_value_exact_in_the_unit(scene: Scene) -> None:
    series = make.make_series(scene.north.metering_point, "1-0:3.29.0", "varh", exponent=-2)
    make.make_values(series, START, [12345, NO_VALUE, -5])
    by_header = _get(scene, series, HOUR, accept="text/csv")
    by_format = _get(scene, series, HOUR | {"format": "csv"})
    text = by_header.getvalue().decode()
    assert text == by_format.getvalue().decode()
    assert by_header.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["value"] for row in rows] == ["123.45", "", "-0.05", ""]
    assert [row["quality"] for row in rows] == ["measured", "missing", "measured", "missing"]
    assert rows[1]["at"] == "2026-03-01T00:15:00Z"


def test_a_long_csv_is_read_in_parts_and_equals_the_columns(scene: Scene) -> None:
    make.make_values(scene.north.series, START, list(range(96)))
    make.make_values(scene.north.series, START + timedelta(days=250), list(range(96)))
    make.make_register_values(scene.north.daily, {START + timedelta(days=day): day for day in range(300)})
    query = {"series": f"{scene.north.series.pk},{scene.north.daily.pk}"}
    query |= {"start": "2026-03-01T00:05:00Z", "end": "2026-12-01T00:00:00Z"}
    client = scene.client(scene.everyone)
    columns = client.get("/api/v1/values/", query).json()["series"]
    text = client.get("/api/v1/values/", query | {"format": "csv"}).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    values = columns[0]["values"] + columns[1]["values"]
    assert [int(row["value"]) if row["value"] else None for row in rows] == values
    assert [row["at"] for row in rows][-len(columns[1]["at"]) :] == columns[1]["at"]
    assert len(columns[0]["values"]) > 20_000


def test_as_of_answers_what_was_stored_then(scene: Scene) -> None:
    make.make_values(scene.north.series, START, [1, 2])
    then = timezone.now()
    make.make_values(scene.north.series, START, [7, 2])
    now = _get(scene, scene.north.series, HOUR).json()
    past = _get(scene, scene.north.series, HOUR | {"as_of": then.isoformat()}).json()
    assert (now["values"][:2], past["values"][:2]) == ([7, 2], [1, 2])


def test_segments_hold_for_values_too(scene: Scene) -> None:
    client = scene.client(scene.northerner)
    north, south = scene.north.series.pk, scene.south.series.pk
    assert client.get(f"/api/v1/series/{north}/values/", HOUR).status_code == 200
    assert client.get(f"/api/v1/series/{south}/values/", HOUR).status_code == 404
    assert client.get("/api/v1/values/", {"series": f"{north}", **HOUR}).status_code == 200
    refused = client.get("/api/v1/values/", {"series": f"{north},{south}", **HOUR})
    assert refused.status_code == 404
    assert str(south) in refused.json()["detail"]
    for nobody, status in ((scene.client(None), 401), (scene.client(scene.roleless), 403)):
        assert nobody.get(f"/api/v1/series/{north}/values/", HOUR).status_code == status
        assert nobody.get("/api/v1/values/", {"series": f"{north}", **HOUR}).status_code == status


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"start": ""}, "start", "Give a value"),
        ({"start": "yesterday"}, "start", "2026-03-29T00:00:00Z"),
        ({"start": "2026-02-30"}, "start", "There is no such day"),
        ({"start": "2026-03-01T00:00:00"}, "start", "offset"),
        ({"end": "2026-03-01T00:00:00Z"}, "end", "later than the start"),
        ({"end": "2099-01-01"}, "end", "3660 days"),
        ({"as_of": "2026-03-01"}, "as_of", "offset"),
        ({"series": "1;2"}, "series", "commas"),
        ({"series": ",".join(map(str, range(101)))}, "series", "at most 100"),
        ({"serie": "1"}, "serie", "did you mean series?"),
    ],
)
def test_a_wrong_query_is_400_with_the_field(scene: Scene, change: dict[str, str], field: str, sentence: str) -> None:
    query = {"series": str(scene.north.series.pk), **HOUR} | change
    response = scene.client(scene.everyone).get("/api/v1/values/", query)
    assert response.status_code == 400
    assert sentence in response.json()["errors"][field][0]


def test_too_many_values_name_the_limit(scene: Scene) -> None:
    minutes = make.make_series(scene.north.metering_point, "1-0:2.29.0", interval_s=60)
    year = {"start": "2025-01-01", "end": "2026-01-01"}
    response = _get(scene, minutes, year)
    assert response.status_code == 400
    assert "at most 500000" in response.json()["errors"]["end"][0]
    assert _get(scene, minutes, year | {"format": "csv"}).status_code == 200


def test_dates_need_one_time_zone(scene: Scene) -> None:
    other = make.make_utility("oslo", time_zone="Europe/Oslo")
    elsewhere = make.make_series(make.make_metering_point(other))
    client = scene.client(make.make_user("API client", utilities=[scene.utility, other]))
    query = {"series": f"{scene.north.series.pk},{elsewhere.pk}", "start": "2026-03-01", "end": "2026-03-02"}
    response = client.get("/api/v1/values/", query)
    assert response.status_code == 400
    assert "Europe/Helsinki, Europe/Oslo" in response.json()["errors"]["start"][0]
    assert client.get("/api/v1/values/", query | HOUR).status_code == 200


def test_a_problem_is_json_also_where_csv_was_asked_for(scene: Scene) -> None:
    response = _get(scene, scene.north.series, {"start": "x", "end": "y"}, accept="text/csv")
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert set(response.json()["errors"]) == {"start", "end"}


def test_a_year_of_quarter_hours(scene: Scene) -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    make.make_values(scene.north.series, start, list(range(35_040)))
    column = _get(scene, scene.north.series, {"start": "2025-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}).json()
    assert column["values"] == list(range(35_040))
