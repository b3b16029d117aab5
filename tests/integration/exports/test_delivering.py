"""Exports for billing: what was delivered is known, later changes are corrections, and only verified days go out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integration.exports.delivering import periods_of
from integration.exports.options import Days, Options, Purpose
from integration.models import ExportSeries
from metering.intervals import day_number
from metering.models import Series
from metering.quality import Quality
from metering.store import Origin, place, write
from tests import factories as make
from tests.integration.exports.conftest import House
from tests.validation.findings import make_finding
from validation.models import Correction, Delivery
from validation.services.corrections import note_corrections
from validation.services.verified import unverified

ZONE = ZoneInfo("Europe/Helsinki")
FIRST, LAST = date(2026, 3, 28), date(2026, 3, 30)
"""With a day of 23 hours between."""
START, END = datetime(2026, 3, 28, tzinfo=ZONE), datetime(2026, 3, 31, tzinfo=ZONE)
HOURS = 71
BILLING = Options(purpose=Purpose.BILLING)


@pytest.fixture
def series(house: House) -> Series:
    """Three local days of hourly values, validated."""
    row = make.make_series(make.make_metering_point(house.utility), interval_s=3600)
    make.make_values(row, START.astimezone(UTC), list(range(1, HOURS + 1)))
    validated()
    return row


def validated() -> None:
    """Nothing waits to be validated."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM validation_due")


def edit(series: Series, hour: int, value: int) -> None:
    """Somebody changes the value of an hour, counted from `START`."""
    at = np.array([START.timestamp() + hour * 3600], np.int64)
    placed = place(series.interval_s, series.pk, at, np.array([value]), int(Quality.EDITED))
    write(placed.batch, origin=Origin(message="edited"))


def corrected(series: Series) -> int:
    return note_corrections(np.array([series.pk]), FIRST, LAST, ZONE, "edited")


def test_an_export_for_billing_is_a_delivery_of_whole_local_days(house: House, series: Series) -> None:
    row, _ = house.export("csv", start=START, end=END - timedelta(hours=1), options=BILLING)
    delivery = Delivery.objects.get()
    assert (delivery.series_id, delivery.first_day, delivery.last_day) == (series.pk, FIRST, date(2026, 3, 29))
    assert (delivery.reference, delivery.delivered_at) == (row.name, row.started_at)


def test_other_exports_and_series_the_format_cannot_hold_are_none(house: House, series: Series) -> None:
    house.export("csv", start=START, end=END)
    row, _ = house.export("nem12", start=START, end=END, options=BILLING)
    assert ExportSeries.objects.get(file_export=row).refused
    assert not Delivery.objects.exists()


def test_a_change_after_it_is_a_correction_and_the_next_delivery_settles_it(house: House, series: Series) -> None:
    house.export("csv", start=START, end=END, options=BILLING)
    assert corrected(series) == 0
    edit(series, 30, 1_000)
    assert corrected(series) == 1
    found = Correction.objects.get()
    assert (found.day, found.values, found.after) == (date(2026, 3, 29), 1, (found.before or 0) + 1_000 - 31)
    house.export("csv", start=START, end=END, options=BILLING)
    found.refresh_from_db()
    assert found.state == Correction.State.DELIVERED
    assert corrected(series) == 0
    assert not Correction.objects.filter(state=Correction.State.OPEN).exists()


def test_a_delivery_of_other_days_settles_nothing(house: House, series: Series) -> None:
    house.export("csv", start=START, end=END, options=BILLING)
    edit(series, 30, 1_000)
    corrected(series)
    house.export("csv", start=START, end=START + timedelta(days=1), options=BILLING)
    assert Correction.objects.get().state == Correction.State.OPEN
    assert corrected(series) == 1
    assert Correction.objects.count() == 1


def test_days_that_wait_are_left_out_and_not_delivered(house: House, series: Series) -> None:
    make_finding(series, [3], day=date(2026, 3, 29))
    row, octets = house.export(
        "csv", start=START, end=END, options=Options(purpose=Purpose.BILLING, days=Days.VERIFIED)
    )
    assert (row.values, row.left_out) == (48, 23)
    assert b"2026-03-29" not in octets
    assert ExportSeries.objects.get(file_export=row).reason == "days that are not verified"
    assert list(Delivery.objects.order_by("first_day").values_list("first_day", "last_day")) == [
        (FIRST, FIRST),
        (LAST, LAST),
    ]


def test_what_waits_for_validation_is_not_verified_and_what_is_decided_is(house: House, series: Series) -> None:
    ids = np.array([series.pk])
    make_finding(series, [3], day=FIRST, state="accepted", closed_at=timezone.now())
    assert unverified(ids, FIRST, LAST)[0].size == 0
    edit(series, 0, 5)  # at 22:00 UTC of the day before: a UTC day that two local days share
    with CaptureQueriesContext(
        connection,
    ) as queries:
        own, days = unverified(ids, FIRST, LAST)
    assert (own.tolist(), days.tolist(), len(queries)) == ([series.pk], [day_number(FIRST)], 1)


def test_stretches_between_days_left_out() -> None:
    first = day_number(FIRST)
    ids, days = np.array([7, 7, 9, 8, 9]), np.array([first + 1, first + 1, first, first + 9, first + 2])
    found = periods_of(np.array([7, 9]), FIRST, LAST, ids, days)
    stretches = zip(found.series_ids, found.first - first, found.last - first, strict=True)
    assert [tuple(map(int, each)) for each in stretches] == [(7, 0, 0), (7, 2, 2), (9, 1, 1)]
