"""Series that are remembered, and when they are not believed."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from metering.models import Series
from metering.services.known_series import KnownSeries
from metering.services.series import SeriesSpec
from protocols.dlms.obis import Obis
from tests.factories import make_metering_point, make_utility

pytestmark = pytest.mark.django_db


def _specs(count: int) -> list[SeriesSpec]:
    utility = make_utility()
    return [
        SeriesSpec(make_metering_point(utility).pk, Obis.parse("1-0:1.8.0"), "Wh", Series.Kind.STAND,
                   Series.Periodicity.INTERVAL, 900, f"SN{number}")
        for number in range(count)
    ]  # fmt: skip


def test_what_is_remembered_costs_one_query() -> None:
    specs, known = _specs(3), KnownSeries()
    first = known.ensure(specs, dict.fromkeys(specs, -3))
    with CaptureQueriesContext(connection) as queries:
        assert known.ensure(specs, {}) == first
    assert len(queries) == 1
    rows = Series.objects.in_bulk([row.pk for row in first.values()])
    assert [(rows[row.pk].feeds_id, rows[row.pk].exponent) for row in first.values()] == [
        (row.feeds_id, -3) for row in first.values()
    ]
    assert all(row.feeds_id for row in first.values())


def test_one_that_was_never_committed_is_made_again() -> None:
    (spec,), known = _specs(1), KnownSeries()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        known.ensure([spec], {})
        raise ZeroDivisionError
    assert not Series.objects.exists()
    made = known.ensure([spec], {})[spec]
    assert Series.objects.get(pk=made.pk).source == "SN0"


def test_a_row_that_is_another_series_by_now_is_not_taken() -> None:
    """As after a database was put back while the process lived: ids are given out again."""
    (one, other), known = _specs(2), KnownSeries()
    before = known.ensure([one], {})[one]
    Series.objects.filter(pk=before.pk).update(metering_point_id=other.metering_point_id)
    assert known.ensure([one], {})[one].pk != before.pk


def test_no_more_are_kept_than_allowed() -> None:
    specs, known = _specs(3), KnownSeries(most=2)
    known.ensure(specs, {})
    with CaptureQueriesContext(connection) as queries:
        known.ensure(specs[1:], {})
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        known.ensure(specs, {})
    assert len(queries) > 1
