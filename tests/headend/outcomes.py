"""Sessions as a driver would have ended them, for tests of storing."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone

from devices.models import Device
from headend.knowledge import Knowledge, know
from headend.models import JobItem
from headend.plan import Column, Layout, LogEntries, LogEntry, ProfileRows, Readings, Stretch, Trace
from headend.services.jobs import Order, create_job
from headend.storing import Outcome, store_outcomes
from metering.models import Series
from protocols.dlms.obis import Obis

PROFILE, LOG = Obis.parse("1-0:99.1.0"), Obis.parse("0-0:99.98.0")
IMPORT, EXPORT = Obis.parse("1-0:1.8.0"), Obis.parse("1-0:2.8.0")
START = datetime(2026, 6, 1, tzinfo=UTC)
OWNER = "test"


def profile_rows(values: list[int], *, scaler: int = 0, at: list[int] | None = None, status: int = 0) -> ProfileRows:
    """Rows of active import, every quarter of an hour from START or `at` seconds after it."""
    columns = (Column(8, Obis.parse("0-0:1.0.0"), 2), Column(3, IMPORT, 2, scaler, "Wh"))
    instants = int(START.timestamp()) + np.array(at or [900 * k for k in range(len(values))], np.int64)
    return ProfileRows(
        stretch=Stretch(PROFILE, START, START),
        layout=Layout(PROFILE, 900, columns),
        at=instants,
        status=np.full(len(values), status, np.uint32),
        values=np.array([values], np.int64),
        held=np.ones((1, len(values)), np.bool_),
    )


def with_export(rows: ProfileRows, values: list[int], scaler: int = 0) -> ProfileRows:
    """The rows with a second column, of active export."""
    columns = (*rows.layout.columns, Column(3, EXPORT, 2, scaler, "Wh"))
    return replace(
        rows,
        layout=replace(rows.layout, columns=columns),
        values=np.vstack([rows.values, np.array([values], np.int64)]),
        held=np.vstack([rows.held, np.ones((1, len(values)), np.bool_)]),
    )


def log_entries(*entries: LogEntry) -> LogEntries:
    return LogEntries(Stretch(LOG, START, START), entries)


def outcome_of(device: Device, readings: Readings, **trace: Any) -> Outcome:
    """A session just ended that brought `readings`, with a job of its own."""
    order = Order(kind="profile", title="Test")
    job = create_job(utility=device.utility, order=order, devices=Device.objects.filter(pk=device.pk))
    job.items.update(state="running", lease_owner=OWNER, attempts=1)
    ended = Trace(timezone.now(), 0.5, device.address, (), 100, 200, **trace)
    return Outcome(job.items.get(), known_now(device), readings, ended)


def store(device: Device, **readings: object) -> JobItem:
    """Store what a session brought; the item as it ended."""
    outcome = outcome_of(device, Readings(**readings))  # type: ignore[arg-type]
    store_outcomes([outcome], owner=OWNER)
    return JobItem.objects.get(pk=outcome.item.pk)


def known_now(device: Device) -> Knowledge:
    known, _ = know([Device.objects.get(pk=device.pk)])
    return known[device.pk]


def stand(device: Device, obis: Obis = IMPORT) -> Series:
    return Series.objects.get(
        source=device.serial_number, measured_property__obis=str(obis), periodicity="interval", kind="stand"
    )


def total(series: Series) -> Decimal:
    """The sum of the values of a profile series."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(value), 0) FROM profile_value WHERE series_id = %s", [series.pk])
        return Decimal(cursor.fetchone()[0])
