"""What must exist against what does."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from devices.models import Installation
from headend.completeness import (
    Completeness,
    completeness_by_day,
    completeness_by_point,
    completeness_by_series_day,
)
from metering.models import MeteringPoint
from tests.factories import make_values
from tests.headend.profiles import NOON, hang, stands

pytestmark = pytest.mark.django_db

DAY = NOON.date()
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def installation() -> Installation:
    return hang()


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


def test_a_meter_that_was_away_owes_what_it_was_there_for(installation: Installation) -> None:
    imported, _ = stands(installation.device)
    installation.period = (NOON, NOON + timedelta(hours=1))
    installation.save()
    again = (NOON + timedelta(hours=2, minutes=10), NOON + timedelta(hours=3))
    Installation.objects.create(device=installation.device, metering_point=installation.metering_point, period=again)
    make_values(imported, NOON, range(20))
    found = completeness_by_series_day(MeteringPoint.objects.all(), DAY, NEXT)
    assert found[imported.pk, DAY] == Completeness(4 + 3, 7)
    assert (imported.pk, NEXT) not in found


def test_present_is_counted_per_series_day_and_never_beyond_what_is_due(installation: Installation) -> None:
    imported, exported = stands(installation.device)
    make_values(imported, _midnight(DAY), range(1000, 1096))
    make_values(exported, _midnight(NEXT), range(50))
    points = MeteringPoint.objects.all()
    found = completeness_by_series_day(points, DAY, NEXT)
    assert found[imported.pk, DAY] == Completeness(48, 48)
    assert found[exported.pk, NEXT] == Completeness(96, 50)
    assert completeness_by_point(points, DAY, NEXT) == {installation.metering_point_id: Completeness(288, 98)}
    assert Completeness(288, 98).percent == pytest.approx(34.03, abs=0.01)
    assert Completeness(0, 0).percent is None


def test_no_metering_points_have_no_completeness(installation: Installation) -> None:
    nothing = MeteringPoint.objects.none()
    assert completeness_by_day(nothing, DAY, NEXT) == []
    assert completeness_by_point(nothing, DAY, NEXT) == {}
    assert completeness_by_series_day(nothing, DAY, NEXT) == {}


def test_the_command_prints_days_and_incomplete_points(installation: Installation) -> None:
    make_values(stands(installation.device)[0], NOON, range(48))
    out = StringIO()
    call_command("completeness", first=DAY, last=DAY, stdout=out)
    assert out.getvalue().splitlines()[-1].split() == ["together", "50.00", "%", "48", "of", "96"]
    out = StringIO()
    call_command("completeness", first=DAY, last=DAY, points=True, stdout=out)
    assert out.getvalue().split()[:2] == [installation.metering_point.gsrn, "50.00"]
    with pytest.raises(CommandError, match="is before the first"):
        call_command("completeness", first=NEXT, last=DAY)
