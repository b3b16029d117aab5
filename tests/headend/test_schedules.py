"""When schedules run, in local time, through DST changes; and that a due one makes exactly one job."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from access.models import Utility
from devices.models import Device
from headend.models import Job, Schedule
from headend.services.schedules import PUT_OFF, next_run, plan_new, run_due
from tests.factories import (
    INSTALLED_AT,
    make_device,
    make_device_model,
    make_installation,
    make_metering_point,
    make_utility,
)

DAILY = Schedule.Rhythm.DAILY
MINUTES = Schedule.Rhythm.MINUTES


def _schedule(rhythm: str, zone: str = "Europe/Helsinki", **fields: int) -> Schedule:
    return Schedule(utility=Utility(code="u", name="U", time_zone=zone), rhythm=rhythm, **fields)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "offset", "after", "expected"),
    [
        (15, 0, "2026-11-20 10:00", "2026-11-20 10:15"),
        (15, 2, "2026-11-20 10:00", "2026-11-20 10:02"),
        (15, 2, "2026-11-20 10:02", "2026-11-20 10:17"),
        (60, 5, "2026-11-20 23:59", "2026-11-21 00:05"),
        (15, 0, "2026-10-25 00:50", "2026-10-25 01:00"),
    ],
)
def test_every_n_minutes_counts_from_the_full_interval(every: int, offset: int, after: str, expected: str) -> None:
    schedule = _schedule(MINUTES, every_min=every, at_minute=offset)
    assert next_run(schedule, _at(after)) == _at(expected)


@pytest.mark.parametrize(
    ("zone", "minute", "after", "expected"),
    [
        ("Europe/Helsinki", 30, "2026-11-20 10:00", "2026-11-20 22:30"),
        ("Europe/Helsinki", 30, "2026-11-20 22:30", "2026-11-21 22:30"),
        ("Europe/Helsinki", 30, "2026-07-01 00:00", "2026-07-01 21:30"),
        # 29 March: 03:00 becomes 04:00, 03:30 does not exist and runs at the same instant as 04:30
        ("Europe/Helsinki", 210, "2026-03-28 12:00", "2026-03-29 01:30"),
        # 25 October: 04:00 becomes 03:00, 03:30 occurs twice and runs the first time only
        ("Europe/Helsinki", 210, "2026-10-24 12:00", "2026-10-25 00:30"),
        ("Europe/Helsinki", 210, "2026-10-25 00:30", "2026-10-26 01:30"),
        ("Europe/London", 90, "2026-10-24 12:00", "2026-10-25 00:30"),
        ("Australia/Sydney", 150, "2026-10-03 10:00", "2026-10-03 16:30"),
        ("Australia/Sydney", 150, "2026-04-04 10:00", "2026-04-04 15:30"),
    ],
)
def test_daily_runs_at_local_time_through_dst_changes(zone: str, minute: int, after: str, expected: str) -> None:
    assert next_run(_schedule(DAILY, zone, at_minute=minute), _at(after)) == _at(expected)


def _due(utility: Utility, **fields: object) -> Schedule:
    now = datetime.now(UTC)
    given = {"name": "Profile", "kind": "profile", "rhythm": MINUTES, "next_run_at": now - timedelta(hours=5), **fields}
    return Schedule.objects.create(utility=utility, **given)


@pytest.mark.django_db
def test_a_missed_time_makes_one_job_and_the_next_run_lies_ahead() -> None:
    utility = make_utility()
    hung, _, lying = make_device(utility), make_device(utility), make_device(utility)
    make_installation(hung, make_metering_point(utility))
    schedule = _due(utility)
    (job,) = run_due()
    assert [item.device for item in job.items.all()] == [hung]
    assert lying not in [item.device for item in job.items.all()]
    schedule.refresh_from_db()
    assert schedule.next_run_at is not None
    assert datetime.now(UTC) < schedule.next_run_at <= datetime.now(UTC) + timedelta(minutes=15)
    assert run_due() == []


@pytest.mark.django_db
def test_a_disabled_schedule_and_a_device_removed_are_left_out() -> None:
    utility = make_utility()
    installation = make_installation(make_device(utility), make_metering_point(utility))
    installation.period = (INSTALLED_AT, datetime.now(UTC) - timedelta(days=1))
    installation.save()
    _due(utility, enabled=False)
    assert run_due() == []
    _due(utility, name="On")
    (job,) = run_due()
    job.refresh_from_db()
    assert job.items.count() == 0
    assert job.state == Job.State.DONE


@pytest.mark.django_db
def test_event_logs_are_read_with_a_concentrator_that_hangs_nowhere_and_profiles_without() -> None:
    utility, other = make_utility(), make_utility("other")
    meter, kind = make_device(utility), make_device_model("aim-dc1")
    make_installation(meter, make_metering_point(utility))
    way = make_device(utility, model=kind, state=Device.State.INSTALLED)
    for fields in ({"state": Device.State.INVENTORY}, {"state": Device.State.INSTALLED, "host": ""}):
        make_device(utility, model=kind, **fields)
    make_device(other, model=kind, state=Device.State.INSTALLED)
    _due(utility, name="Logs", kind="events")
    _due(utility, name="Profile")
    read = {job.kind: {item.device for item in job.items.all()} for job in run_due()}
    assert read == {"events": {meter, way}, "profile": {meter}}


@pytest.mark.django_db
def test_a_new_schedule_gets_its_first_run() -> None:
    schedule = _due(make_utility(), next_run_at=None)
    plan_new()
    schedule.refresh_from_db()
    assert schedule.next_run_at is not None
    assert schedule.next_run_at > datetime.now(UTC)


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_make_one_job() -> None:
    utility = make_utility()
    for number in range(10):
        _due(utility, name=f"Schedule {number}")
    start = threading.Barrier(2)

    def tick() -> None:
        start.wait()
        run_due()
        connection.close()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Job.objects.count() == 10


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"every_min": 0}, {"at_minute": 1440}, {"expires_min": 0}])
def test_the_database_keeps_out_what_could_never_run(fields: dict[str, int]) -> None:
    with pytest.raises(IntegrityError):
        _due(make_utility(), **fields)


@pytest.mark.django_db
def test_a_schedule_that_cannot_run_is_put_off_and_the_others_run() -> None:
    utility, lost = make_utility(), make_utility("lost", time_zone="Mars/Olympus")
    broken = _due(lost, rhythm=DAILY)
    never = _due(lost, rhythm=DAILY, name="New", next_run_at=None)
    _due(utility)
    plan_new()
    assert [job.utility for job in run_due()] == [utility]
    assert run_due() == []
    for schedule in (broken, never):
        schedule.refresh_from_db()
        assert schedule.next_run_at is not None and schedule.next_run_at > datetime.now(UTC) + PUT_OFF / 2
    assert not Job.objects.filter(utility=lost).exists()


@pytest.mark.django_db
def test_only_kinds_that_exist_can_be_repeated() -> None:
    schedule = _due(make_utility(), kind="profil")
    with pytest.raises(ValidationError, match="no kind of job “profil”"):
        schedule.full_clean()
