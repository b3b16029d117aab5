"""Series that become finer between the query for them and that for their values."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from metering import store
from metering.api.columns import columns
from metering.api.lines import csv_lines
from metering.api.period import Period
from metering.browser import export
from metering.browser.period import Scale, whole
from metering.models import Series
from metering.services.units import in_one_state
from tests import factories as make

pytestmark = pytest.mark.django_db
START, END = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, 1, tzinfo=UTC)


@pytest.fixture
def stale() -> Series:
    """A series as it was fetched, of 10, 20 and 30 Wh, which has become finer since."""
    series = make.make_series(make.make_metering_point(make.make_utility()))
    make.make_values(series, START, [10, 20, 30])
    fetched = Series.objects.get(pk=series.pk)
    store.refine([series.pk], -2)
    return fetched


def test_the_api_tells_the_unit_its_integers_have(stale: Series) -> None:
    (column,) = columns([stale], Period(START, END, None))
    assert (column["exponent"], column["values"][:3]) == (-2, [1000, 2000, 3000])


def test_lines_of_the_api_are_exact(stale: Series) -> None:
    text = "".join(csv_lines([stale], Period(START, END, None)))
    values = [row["value"] for row in csv.DictReader(StringIO(text))]
    assert values == ["10.00", "20.00", "30.00", ""]


def test_files_of_the_browser_are_exact(stale: Series) -> None:
    period = whole(Scale.DAY, START.date(), stale.metering_point.utility.zone)
    text = "".join(export.csv_lines([stale], period, END, lambda _part: []))
    energy = [float(row[2]) for row in csv.reader(StringIO(text)) if row[1:2] and row[1].startswith("2026-06-01T00:")]
    assert energy[:3] == pytest.approx([0.01, 0.02, 0.03])


def test_what_was_read_before_keeps_its_unit(stale: Series) -> None:
    with in_one_state([stale]) as (present,):
        assert (present.pk, present.exponent, stale.exponent) == (stale.pk, -2, 0)
    with in_one_state([present]) as (again,):
        assert again is present
