"""What must exist against what does; and that gaps are found exactly, read again, and given up on in the end."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from devices.models import Device, Installation, ProfileLayout
from headend.completeness import (
    Completeness,
    completeness_by_day,
    completeness_by_point,
    completeness_by_series_day,
)
from headend.models import Gap, Job, ReadMark
from headend.plan import Readings, Trace
from headend.services.gaps import find_gaps
from headend.storing.outcome import Outcome
from headend.storing.progress import GAP_TRIES, store_gaps
from metering.models import MeteringPoint, Series
from tests.factories import make_device, make_installation, make_metering_point, make_utility, make_values

pytestmark = pytest.mark.django_db

PROFILE = "1-0:99.1.0"
NOON = (datetime.now(UTC) - timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
DAY = NOON.date()
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def installation() -> Installation:
    """A meter hung at noon three days ago; it has two stand series of 15 minutes."""
    utility = make_utility()
    return make_installation(make_device(utility), make_metering_point(utility), NOON)


def _stands(device: Device) -> list[Series]:
    return list(Series.objects.filter(source=device.serial_number, kind="stand").order_by("measured_property__rank"))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def test_slots_are_due_from_the_installation_to_the_deadline(installation: Installation) -> None:
    points = MeteringPoint.objects.all()
    days = {row.day: row.expected for row in completeness_by_day(points, DAY, timezone.now().date())}
    assert (days[DAY], days[NEXT]) == (2 * 48, 2 * 96)
    minutes = (timezone.now() - timedelta(minutes=20) - _midnight(timezone.now().date())).total_seconds() / 60
    if minutes > 0:
        assert abs(days[timezone.now().date()] - 2 * minutes / 15) <= 2


def test_a_removed_meter_owes_nothing_more(installation: Installation) -> None:
    installation.period = (NOON, NOON + timedelta(hours=1, minutes=1))
    installation.save()
    rows = completeness_by_day(MeteringPoint.objects.all(), DAY, NEXT)
    assert [(row.day, row.expected) for row in rows] == [(DAY, 2 * 5)]


def test_present_is_counted_per_series_day_and_never_beyond_what_is_due(installation: Installation) -> None:
    imported, exported = _stands(installation.device)
    make_values(imported, _midnight(DAY), range(1000, 1096))
    make_values(exported, _midnight(NEXT), range(50))
    points = MeteringPoint.objects.all()
    found = completeness_by_series_day(points, DAY, NEXT)
    assert found[imported.pk, DAY] == Completeness(48, 48)
    assert found[exported.pk, NEXT] == Completeness(96, 50)
    assert completeness_by_point(points, DAY, NEXT) == {installation.metering_point_id: Completeness(288, 98)}
    assert Completeness(288, 98).percent == pytest.approx(34.03, abs=0.01)
    assert Completeness(0, 0).percent is None


def test_gaps_are_the_exact_stretches_behind_what_was_read_of_all_columns_together(installation: Installation) -> None:
    device = _read_until(installation, _midnight(NEXT) + timedelta(hours=12))
    imported, exported = _stands(device)
    make_values(imported, NOON, [*range(100, 110)])
    make_values(imported, NOON + timedelta(hours=5), range(200, 200 + 77))
    make_values(exported, NOON, [0] * 97)
    (job,) = find_gaps()
    (gap,) = Gap.objects.all()
    assert (gap.obis, gap.starts_at) == (PROFILE, NOON + timedelta(hours=2, minutes=30))
    assert gap.ends_at == NOON + timedelta(hours=5)
    assert [item.device for item in job.items.all()] == [device]
    assert find_gaps() == [], "one job at a time"


def test_a_gap_that_was_filled_is_closed(installation: Installation) -> None:
    device = _read_until(installation, NOON + timedelta(hours=6))
    imported, exported = _stands(device)
    for series in (imported, exported):
        make_values(series, NOON, range(10))
    find_gaps()
    (gap,) = Gap.objects.filter(state=Gap.State.OPEN)
    for series in (imported, exported):
        make_values(series, NOON, range(25))
    find_gaps()
    gap.refresh_from_db()
    assert gap.state == Gap.State.FILLED
    assert not Gap.objects.filter(state=Gap.State.OPEN).exists()


def test_what_was_never_read_is_no_gap(installation: Installation) -> None:
    assert find_gaps() == []
    assert not Gap.objects.exists()


def test_a_gap_asked_for_often_enough_is_not_held_by_the_meter(installation: Installation) -> None:
    device = _read_until(installation, NOON + timedelta(hours=6))
    (job,) = find_gaps()
    item = job.items.get()
    trace = Trace(timezone.now(), 0.1, device.address, (), 0, 0)
    for _ in range(GAP_TRIES):
        assert Gap.objects.get().state == Gap.State.OPEN
        store_gaps([Outcome(item, None, Readings(), trace)])
    assert Gap.objects.get().state == Gap.State.NOT_HELD
    Job.objects.all().delete()
    assert find_gaps() == []


def test_the_command_prints_days_and_incomplete_points(installation: Installation) -> None:
    make_values(_stands(installation.device)[0], NOON, range(48))
    out = StringIO()
    call_command("completeness", first=DAY, last=DAY, stdout=out)
    assert out.getvalue().splitlines()[-1].split() == ["together", "50.00", "%", "48", "of", "96"]
    out = StringIO()
    call_command("completeness", first=DAY, last=DAY, points=True, stdout=out)
    assert out.getvalue().split()[:2] == [installation.metering_point.gsrn, "50.00"]
    with pytest.raises(CommandError, match="is before the first"):
        call_command("completeness", first=NEXT, last=DAY)


def _read_until(installation: Installation, until: datetime) -> Device:
    """As if the profile had been read up to `until`."""
    device = installation.device
    ProfileLayout.objects.create(device=device, obis=PROFILE, interval_s=900, columns=[], read_at=timezone.now())
    ReadMark.objects.create(device=device, obis=PROFILE, until=until)
    return device
