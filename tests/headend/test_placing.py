"""Values belong where the device hung at their instant; what has no place, or a time that cannot be, moves no mark."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from devices.models import Contact, Device, Installation
from events.models import Event
from headend.models import ReadMark
from headend.plan import LogEntry, RegisterValue
from headend.tables import brought
from metering.models import Series
from metering.quality import Quality
from metering.store import read_registers
from tests.factories import make_device, make_installation, make_metering_point, make_utility
from tests.headend.outcomes import IMPORT, LOG, PROFILE, START, log_entries, profile_rows, stand, store, total

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def _end_installation(at: datetime) -> None:
    row = Installation.objects.get()
    Installation.objects.filter(pk=row.pk).update(period=DateTimeTZRange(row.period.lower, at))


def _mark(device: Device) -> datetime | None:
    return ReadMark.objects.filter(device=device, obis=str(PROFILE)).values_list("until", flat=True).first()


def test_rows_and_events_of_a_moved_device_stay_where_they_were_measured(device: Device) -> None:
    moved = START + HOUR
    _end_installation(moved)
    old = Installation.objects.get().metering_point
    new = make_metering_point(device.utility)
    make_installation(device, new, at=moved)
    entries = (LogEntry(START, 1, 0), LogEntry(moved, 1, 0))
    store(device, profiles=[profile_rows([100, 101, 102, 103, 104, 105])], logs=[log_entries(*entries)])
    stands = Series.objects.filter(source=device.serial_number, measured_property__obis=str(IMPORT), kind="stand")
    sums = {row.metering_point_id: total(row) for row in stands.filter(periodicity="interval")}
    assert sums == {old.pk: 100 + 101 + 102 + 103, new.pk: 104 + 105}
    assert list(Event.objects.order_by("at").values_list("metering_point", flat=True)) == [old.pk, new.pk]
    assert _mark(device) == START + timedelta(minutes=75)


def test_rows_from_outside_every_installation_are_left_in_the_meter_and_counted(device: Device) -> None:
    _end_installation(START + timedelta(minutes=20))
    item = store(device, profiles=[profile_rows([100, 101, 102, 103])])
    assert total(stand(device)) == 201
    assert (item.state, item.result["refused"], brought(item)) == ("ok", 2, "4 rows, 2 refused")
    assert item.detail == "rows from when the device was installed nowhere, left in the meter: 2"
    assert _mark(device) == Contact.objects.get().last_reading_at == START + timedelta(minutes=15)


def test_a_device_that_hangs_nowhere_moves_no_mark_and_its_registers_are_only_shown() -> None:
    device = make_device(make_utility())
    register = RegisterValue(IMPORT, 42, 0, "Wh", timezone.now().replace(microsecond=0))
    item = store(device, profiles=[profile_rows([100])], registers=[register])
    assert not Series.objects.exists()
    assert _mark(device) is None
    assert [each["value"] for each in item.result["registers"]] == [42]
    assert "registers only shown, because the device is installed nowhere: 1" in item.detail


def test_an_installation_with_its_end_ahead_is_an_open_one_today(device: Device) -> None:
    _end_installation(timezone.now() + timedelta(days=30))
    store(device, profiles=[profile_rows([100, 103, 110])])
    assert total(stand(device)) == 313


def test_a_row_from_the_future_is_kept_as_suspect_and_moves_no_mark(device: Device) -> None:
    far = int(timedelta(days=20_000).total_seconds())
    item = store(device, profiles=[profile_rows([1, 2, 3], at=[0, 900, far])])
    assert total(stand(device)) == 3
    (kept,) = Series.objects.filter(periodicity="on_demand")
    found = read_registers([kept.pk], timezone.now() - HOUR, timezone.now())
    assert (found.values.tolist(), found.quality.tolist()) == ([3], [Quality.SUSPECT])
    assert _mark(device) == Contact.objects.get().last_reading_at == START + timedelta(minutes=15)
    assert "kept as suspect on-demand values of the time of reading: 1" in item.detail
    assert item.result["refused"] == 0


def test_rows_of_a_lost_clock_make_no_partitions_and_only_the_last_are_kept(device: Device) -> None:
    before = _partitions()
    days = [365 * year for year in range(2, 72)]
    item = store(device, profiles=[profile_rows(list(range(70)), at=[86_400 * day for day in days])])
    assert _partitions() - before <= 4, "those of the month of reading"
    (kept,) = Series.objects.filter(periodicity="on_demand")
    found = read_registers([kept.pk], timezone.now() - HOUR, timezone.now())
    assert found.values.tolist() == list(range(10, 70))
    assert "older rows with a time more than a day ahead, left in the meter: 10" in item.detail


def test_a_row_hours_ahead_is_kept_where_it_says_but_moves_no_mark(device: Device) -> None:
    """As a clock in the wrong zone or season makes it."""
    quarter = timezone.now().replace(minute=0, second=0, microsecond=0) + 2 * HOUR
    store(device, profiles=[profile_rows([100, 101], at=[0, int((quarter - START).total_seconds())])])
    assert total(stand(device)) == 201
    assert _mark(device) == START


def test_an_event_from_the_future_is_recorded_and_moves_no_mark(device: Device) -> None:
    far = timezone.now() + timedelta(days=20_000)
    store(device, logs=[log_entries(LogEntry(START, 1, 0), LogEntry(far, 1, 0))])
    assert Event.objects.filter(at__in=[START, far]).count() == 2
    assert ReadMark.objects.get(obis=str(LOG)).until == START


@pytest.mark.parametrize("year", [1, 9999])
def test_an_event_of_no_year_is_of_the_instant_at_which_it_came(device: Device, year: int) -> None:
    """It is told like any other: years at the end of every calendar must not stop who computes with them."""
    nonsense = datetime(year, 6, 1, tzinfo=UTC)
    store(device, logs=[log_entries(LogEntry(START, 1, 0), LogEntry(nonsense, 2, 0))])
    event = Event.objects.get(code=2)
    assert abs(timezone.now() - event.at) < timedelta(minutes=5) and event.details == {"received_time": 1}
    assert ReadMark.objects.get(obis=str(LOG)).until == START


def test_a_mark_from_the_future_is_put_right_by_the_next_row(device: Device) -> None:
    ReadMark.objects.create(device=device, obis=str(PROFILE), until=timezone.now() + timedelta(days=20_000))
    store(device, profiles=[profile_rows([1])])
    assert _mark(device) == START


def _partitions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname ~ '^(series_day|register_value)' AND relkind = 'r'")
        return int(cursor.fetchone()[0])
