"""Sums per local day, week, month and year: exact, complete or not, the same in table and file."""

import csv
from datetime import date, timedelta
from html import unescape
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.browser.buckets import edges_of, extremes, gather
from metering.browser.period import Period, Scale
from metering.browser.readings import Readings
from metering.intervals import local_day, to_seconds
from metering.models import Series
from metering.store import NO_VALUE
from tests import factories as make
from tests.metering.pages.world import World, store_day
from tests.scene import signed_in

HELSINKI = ZoneInfo("Europe/Helsinki")
SCALES = [Scale.DAY, Scale.WEEK, Scale.MONTH, Scale.YEAR]


def asked(world: World, series: Series, **query: str) -> Any:
    return signed_in(world.anna).get(reverse("metering:values"), {"series": str(series.pk), **query})


def rows(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(StringIO(text)))


def october(world: World) -> None:
    """October 2026 of 10 Wh a quarter hour: its 25th has 25 hours."""
    for number in range(32):
        store_day(world.consumption, date(2026, 9, 30) + timedelta(days=number), 10)


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**12), 10**12)), min_size=1, max_size=600),
    st.sampled_from([date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 30)]),
    st.sampled_from(SCALES),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_of_any_width_add_up_to_the_values(values: list[int | None], first: date, scale: Scale) -> None:
    series = Series(kind=Series.Kind.CONSUMPTION, interval_s=900)
    start = to_seconds(local_day(first, HELSINKI)[0])
    column = np.array([NO_VALUE if value is None else value for value in values], np.int64)
    at = start + np.arange(len(column), dtype=np.int64) * 900
    zeros = np.zeros(len(column), np.uint8)
    readings = Readings(series, at, column, zeros, zeros.astype(np.uint32), zeros == 0, 900)
    period = Period(
        Scale.FREE, local_day(first, HELSINKI)[0], local_day(first + timedelta(days=7), HELSINKI)[0], HELSINKI
    )
    edges = edges_of(scale, period)
    sums, spread = gather(readings, edges), extremes(readings, edges)
    known = [value for value in values if value is not None]
    assert sum(value for value in sums.values.tolist() if value != NO_VALUE) == sum(known)
    assert int(sums.present.sum()) == len(known) and int(sums.missing.sum()) == len(values) - len(known)
    lowest = [value for value in spread.lowest.tolist() if value != NO_VALUE]
    highest = [value for value in spread.highest.tolist() if value != NO_VALUE]
    assert (min(lowest, default=None), max(highest, default=None)) == (
        min(known, default=None),
        max(known, default=None),
    )


def test_days_of_the_file_have_the_length_of_the_local_day(world: World) -> None:
    october(world)
    found = rows(asked(world, world.consumption, period="month", date="2026-10-01", sums="day", format="csv"))
    label = "Active energy import, consumption (kWh)"
    assert len(found) == 31
    assert {row["From"]: row[label] for row in found}["2026-10-25T00:00:00+03:00"] == "1.000"
    assert {row[label] for row in found} == {"0.960", "1.000"}
    first = found[0]
    assert (first["Lowest"], first["Highest"], first["Mean"]) == ("0.010", "0.010", "0.0100")
    assert (first["Values"], first["Expected"]) == ("96", "96")
    assert (first["To"], first["To (UTC)"]) == ("2026-10-02T00:00:00+03:00", "2026-10-01T21:00:00Z")


@pytest.mark.parametrize(
    ("sums", "labels"),
    [
        ("day", ["Sun 25 Oct 2026", "Sat 31 Oct 2026"]),
        ("week", ["Week 40, 2026, in part", "Week 41, 2026", "Week 44, 2026, in part"]),
        ("month", ["October 2026"]),
        ("year", ["2026, in part"]),
    ],
)
def test_the_table_has_a_row_per_day_week_month_or_year(world: World, sums: str, labels: list[str]) -> None:
    october(world)
    page = unescape(asked(world, world.consumption, period="month", date="2026-10-01", sums=sums).content.decode())
    for label in labels:
        assert f">{label}</a>" in page
    assert ("<tfoot>" in page) is (sums in ("day", "week"))
    assert "29.800" in page  # 2,980 quarter hours: 31 days and the hour that comes twice


def test_what_is_missing_is_told_in_its_row_and_below(world: World) -> None:
    store_day(world.consumption, date(2026, 5, 31), 10)
    store_day(world.consumption, date(2026, 6, 2), [10] * 84)
    page = unescape(
        asked(world, world.consumption, **{"from": "2026-06-02", "to": "2026-06-02", "sums": "month"}).content.decode()
    )
    assert "12 missing" in page and "87.5 %" in page and "June 2026, in part" in page


def test_a_stand_is_the_first_of_its_row_and_an_instantaneous_quantity_the_mean(world: World) -> None:
    stand = make.make_series(world.north, "1-0:1.8.0", kind=Series.Kind.STAND)
    voltage = make.make_series(world.north, "1-0:32.7.0", "V", kind=Series.Kind.INSTANTANEOUS, exponent=-1)
    store_day(stand, date(2026, 6, 1), [None] * 84 + list(range(1000, 1012)))
    store_day(voltage, date(2026, 6, 1), [None] * 84 + [2300, 2301] * 6)
    query = {"period": "day", "date": "2026-06-02", "sums": "day", "format": "csv"}
    assert rows(asked(world, stand, **query))[0]["Active energy import (kWh)"] == "1.000"
    (row,) = rows(asked(world, voltage, **query))
    assert list(row.values())[4] == "230.05"


def test_single_values_are_not_offered_for_a_year_and_long_rows_are(world: World) -> None:
    october(world)
    page = asked(world, world.consumption, period="year", date="2026-10-01").content.decode()
    assert "sums=values" not in page and "sums=month" in page
