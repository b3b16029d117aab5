"""Values of local days that were there by a moment: exact, as the store was then, with days of 23 and 25 hours."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access.models import AuditRecord, Utility
from devices.models import Device
from headend.completeness import Completeness, completeness_by_day
from headend.deadlines import cutoffs, due_at
from headend.deliveries import By, delivered, moments
from headend.models import Deadline, DeliveryCount
from headend.services.deliveries import count_day, count_deliveries, exclude
from metering.intervals import local_day
from metering.models import MeteringPoint, Series
from tests.factories import (
    make_administrator,
    make_device,
    make_installation,
    make_metering_point,
    make_transformer_area,
    make_utility,
    make_values,
)
from tests.headend.profiles import stands

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def hang(utility: Utility, area: str = "", at: datetime = LONG_AGO) -> Device:
    device = make_device(utility)
    found = make_transformer_area(utility, area) if area else None
    make_installation(device, make_metering_point(utility, transformer_area=found), at)
    Series.objects.filter(source=device.serial_number).update(created_at=at)
    return device


def yesterday(utility: Utility) -> date:
    return timezone.now().astimezone(utility.zone).date() - timedelta(days=1)


def fill(device: Device, utility: Utility, day: date, count: int | None = None) -> None:
    """The first values of a local day in both series, or all."""
    start, end = local_day(day, utility.zone)
    slots = int((end - start).total_seconds()) // 900 if count is None else count
    for series in stands(device):
        make_values(series, start, range(slots))


def received(at: datetime) -> None:
    """As if all that is stored had come at this instant."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE value_origin SET at = %s", [at])
        cursor.execute("UPDATE series_day SET changed_at = %s", [at])


def counts(by: By, day: date) -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = DeliveryCount.objects.filter(by=by, day=day).exclude(model="")
    return {(row.area, row.model): (row.expected, row.present, row.excluded) for row in rows}


def test_days_that_were_over_when_a_series_came_on_file_are_not_counted() -> None:
    utility = make_utility()
    day = yesterday(utility)
    device = hang(utility)
    fill(device, utility, day)
    for made_at, stretches in ((local_day(day, utility.zone)[1], 0), (local_day(day, utility.zone)[0], 2)):
        Series.objects.filter(source=device.serial_number).update(created_at=made_at)
        owed, _ = delivered(utility, day, {0: timezone.now()})
        assert owed.series.size == stretches


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Helsinki", date(2026, 3, 29), 23), ("Europe/Helsinki", date(2026, 10, 25), 25),
        ("Europe/London", date(2026, 3, 29), 23), ("Australia/Sydney", date(2026, 4, 5), 25),
        ("Europe/Helsinki", date(2026, 6, 1), 24),
    ],
)  # fmt: skip
def test_a_local_day_has_just_its_own_values(zone: str, day: date, hours: int) -> None:
    utility = make_utility("u", time_zone=zone)
    device = hang(utility)
    fill(device, utility, day - timedelta(days=1))
    fill(device, utility, day)
    owed, present = delivered(utility, day, {0: timezone.now()})
    assert owed.counts().tolist() == present.tolist() == [hours * 4] * 2
    _, next_day = delivered(utility, day + timedelta(days=1), {0: timezone.now()})
    assert next_day.tolist() == [0, 0]


def test_what_came_later_than_the_moment_does_not_count_whenever_it_is_counted() -> None:
    utility = make_utility()
    device, day = hang(utility), yesterday(utility) - timedelta(days=10)
    fill(device, utility, day, 40)
    received(local_day(day, utility.zone)[1] + timedelta(minutes=30))
    fill(device, utility, day)
    for by in (By.HOUR, By.FIFTH_DAY):
        count_day(utility, day, by)
        assert counts(by, day) == {("", "aim-sm3"): (192, 80, 0)}
    _, now = delivered(utility, day, {0: timezone.now()})
    assert now.sum() == 192


def test_areas_and_models_are_counted_apart_and_only_while_the_device_hung() -> None:
    utility = make_utility()
    day = yesterday(utility)
    start, end = local_day(day, utility.zone)
    north, south = hang(utility, "N"), hang(utility, "S", start + timedelta(hours=12, minutes=1))
    fill(north, utility, day, 10)
    fill(south, utility, day)
    received(start)
    count_day(utility, day, By.HOUR)
    late = int((end - start).total_seconds() // 900) - 49
    whole = int((end - start).total_seconds() // 900)
    assert counts(By.HOUR, day) == {("N", "aim-sm3"): (2 * whole, 20, 0), ("S", "aim-sm3"): (2 * late, 2 * late, 0)}


def test_an_excluded_device_is_counted_apart_with_its_reason_on_record() -> None:
    utility = make_utility()
    broken, good, day = hang(utility), hang(utility), date(2026, 6, 1)
    fill(good, utility, day)
    received(local_day(day, utility.zone)[1])
    exclude(device=broken, first=day, last=day, reason="Display broken", user=make_administrator())
    count_day(utility, day, By.HOUR)
    assert counts(By.HOUR, day) == {("", "aim-sm3"): (192, 192, 192)}
    count_day(utility, day + timedelta(days=1), By.HOUR)
    assert counts(By.HOUR, day + timedelta(days=1)) == {("", "aim-sm3"): (384, 0, 0)}
    assert "Display broken" in AuditRecord.objects.get(verb="excluded from delivery").summary


def test_days_are_counted_once_their_moment_has_passed_and_once() -> None:
    utility = make_utility()
    hang(utility)
    day = yesterday(utility)
    end = local_day(day, utility.zone)[1]
    while count_deliveries(end + timedelta(minutes=59)):
        pass
    assert not DeliveryCount.objects.filter(day=day).exists()
    assert count_deliveries(end + timedelta(minutes=61)) == 1
    assert set(DeliveryCount.objects.filter(day=day).values_list("by", flat=True)) == {"1h"}
    assert count_deliveries(end + timedelta(minutes=61)) == 0


def test_an_exclusion_made_later_has_its_days_counted_anew() -> None:
    utility = make_utility()
    device, day = hang(utility), yesterday(utility) - timedelta(days=2)
    count_day(utility, day, By.HOUR)
    exclude(device=device, first=day, last=None, reason="Removed by fire", user=make_administrator())
    assert not DeliveryCount.objects.exists()
    while count_deliveries():
        pass
    ((expected, present, excluded),) = counts(By.HOUR, day).values()
    assert (expected, present, excluded > 180) == (0, 0, True)


@pytest.mark.parametrize(
    ("zone", "day", "hours"), [("Europe/Helsinki", date(2026, 3, 28), 29), ("Europe/Helsinki", date(2026, 6, 1), 30)]
)
def test_a_deadline_is_a_local_time_after_the_day(zone: str, day: date, hours: int) -> None:
    utility = make_utility("u", time_zone=zone)
    deadline = Deadline.objects.create(utility=utility, days_after=1, at_minute=360)
    assert due_at(deadline, day, utility.zone) - local_day(day, utility.zone)[0] == timedelta(hours=hours)
    assert moments(utility, day, By.DEADLINE) == {0: due_at(deadline, day, utility.zone)}
    ((_, _, before),) = cutoffs(due_at(deadline, day, utility.zone) - timedelta(seconds=1))
    ((_, _, after),) = cutoffs(due_at(deadline, day, utility.zone))
    assert (before, after) == local_day(day, utility.zone)


def test_values_are_not_owed_before_their_deadline() -> None:
    utility, other = make_utility(), make_utility("other")
    hang(utility)
    hang(other)
    today = timezone.now().date()
    points = MeteringPoint.objects.filter(utility=utility)
    first = today - timedelta(days=4)
    without = sum((day.completeness for day in completeness_by_day(points, first, today)), Completeness(0, 0))
    elsewhere = completeness_by_day(MeteringPoint.objects.filter(utility=other), first, today)
    Deadline.objects.create(utility=utility, days_after=2, at_minute=0)
    after = sum((day.completeness for day in completeness_by_day(points, first, today)), Completeness(0, 0))
    assert after.expected < without.expected
    same = completeness_by_day(MeteringPoint.objects.filter(utility=other), first, today)
    assert [each.expected for each in same][:-1] == [each.expected for each in elsewhere][:-1]


def test_a_measured_property_may_have_a_deadline_of_its_own() -> None:
    utility = make_utility()
    device, day = hang(utility), yesterday(utility) - timedelta(days=5)
    fill(device, utility, day)
    received(local_day(day, utility.zone)[1] + timedelta(days=2))
    imported, _ = stands(device)
    Deadline.objects.create(utility=utility, days_after=1)
    Deadline.objects.create(utility=utility, days_after=4, measured_property=imported.measured_property)
    owed, present = delivered(utility, day, moments(utility, day, By.DEADLINE))
    assert dict(zip(owed.series.tolist(), present.tolist(), strict=True))[imported.pk] == 96
    assert sorted(present.tolist()) == [0, 96]


@pytest.mark.django_db(transaction=True)
def test_a_day_is_not_counted_while_something_is_being_excluded_from_it() -> None:
    """What a count begun before stores would stay, though the exclusion had the day forgotten."""
    utility, user = make_utility(), make_administrator()
    device, day = hang(utility, at=LONG_AGO), yesterday(utility)
    excluded, go_on = Event(), Event()

    def excluding() -> None:
        try:
            with transaction.atomic():
                exclude(device=device, first=day, last=None, reason="Being moved", user=user)
                excluded.set()
                go_on.wait(10)
        finally:
            connection.close()

    def counting() -> None:
        try:
            count_day(utility, day, By.HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(excluding)
        assert excluded.wait(10)
        second = threads.submit(counting)
        with pytest.raises(TimeoutError):
            second.result(0.5)
        go_on.set()
        first.result(10)
        second.result(10)
    assert [row[2] for row in counts(By.HOUR, day).values()] == [2 * 96]
