"""What a due schedule makes: jobs over its target, begun over its window, made up by its rule, and never twice."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from access.models import Utility
from devices.models import Device
from headend.models import Job, JobItem, Schedule
from headend.services.schedule_changes import save_schedule
from headend.services.schedules import plan_new, run_due
from tests.beside import Stop, beside, until_it_waits
from tests.factories import make_device, make_installation, make_metering_point, make_user, make_utility

HOURLY = {"name": "Profile", "kind": "profile", "rhythm": "minutes", "every_min": 60}


def due(utility: Utility, late: timedelta = timedelta(seconds=1), **fields: Any) -> Schedule:
    given = HOURLY | {"next_run_at": datetime.now(UTC) - late} | fields
    return Schedule.objects.create(utility=utility, **given)


def hung(utility: Utility, count: int) -> list[Device]:
    devices = [make_device(utility) for _ in range(count)]
    for device in devices:
        make_installation(device, make_metering_point(utility))
    return devices


def starts(job: Job) -> dict[int, timedelta]:
    """How long after the job each device is begun."""
    items = JobItem.objects.filter(job=job)
    return {item.device_id: item.not_before - job.created_at for item in items}


@pytest.mark.django_db
def test_devices_are_begun_evenly_over_the_window_and_each_at_its_own_moment() -> None:
    utility = make_utility()
    hung(utility, 40)
    schedule = due(utility, window_min=40)
    (job,) = run_due()
    first = starts(job)
    assert min(first.values()) >= timedelta(seconds=-1)
    assert max(first.values()) < timedelta(minutes=40)
    per_ten_minutes = [sum(1 for each in first.values() if int(each.total_seconds()) // 600 == n) for n in range(4)]
    assert all(8 <= count <= 12 for count in per_ten_minutes), per_ten_minutes
    Schedule.objects.filter(pk=schedule.pk).update(next_run_at=datetime.now(UTC))
    (again,) = run_due()
    for device, start in starts(again).items():
        assert abs(start - first[device]) < timedelta(seconds=2)


@pytest.mark.django_db
def test_without_a_window_all_begin_at_once() -> None:
    utility = make_utility()
    hung(utility, 3)
    due(utility)
    (job,) = run_due()
    assert all(abs(start) < timedelta(seconds=1) for start in starts(job).values())


@pytest.mark.django_db
def test_a_target_narrows_the_devices_and_what_hangs_nowhere_is_left_out() -> None:
    utility = make_utility()
    one, _ = hung(utility, 2)
    lying = make_device(utility)
    serials = [one.serial_number, lying.serial_number]
    due(utility, target={"kind": "serials", "values": serials})
    (job,) = run_due()
    assert list(starts(job)) == [one.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(("rule", "jobs"), [("once", 1), ("skip", 0), ("all", 3)])
def test_what_was_missed_is_made_up_by_the_rule(rule: str, jobs: int) -> None:
    planned = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
    now = planned + timedelta(hours=5, minutes=30)
    schedule = due(make_utility(), catch_up=rule, catch_up_most=3, next_run_at=planned)
    assert len(run_due(now)) == jobs
    schedule.refresh_from_db()
    assert schedule.next_run_at == planned + timedelta(hours=6)
    assert schedule.last_run_at == (now if jobs else None)
    assert run_due(now) == []


@pytest.mark.django_db
def test_what_is_overdue_in_a_blackout_waits_for_its_end() -> None:
    utility = make_utility(time_zone="UTC")
    six, nine, noon = (datetime(2026, 11, 20, hour, 30, tzinfo=UTC) for hour in (6, 9, 12))
    blackout = {"weekdays": list(range(7)), "start": 8 * 60, "end": 12 * 60}
    schedule = due(utility, blackouts=[blackout], next_run_at=six)
    assert run_due(nine) == []
    schedule.refresh_from_db()
    assert schedule.next_run_at == six
    assert len(run_due(noon)) == 1
    schedule.refresh_from_db()
    assert schedule.next_run_at == datetime(2026, 11, 20, 13, tzinfo=UTC)


@pytest.mark.django_db
def test_what_runs_once_is_off_afterwards() -> None:
    utility, now = make_utility(), datetime.now(UTC)
    schedule = due(utility, rhythm="once", once_at=now, next_run_at=now)
    gone = due(utility, name="Gone", rhythm="once", once_at=now - timedelta(days=1), next_run_at=None)
    plan_new()
    assert len(run_due()) == 1
    for each in (schedule, gone):
        each.refresh_from_db()
        assert (each.enabled, each.next_run_at) == (False, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [{"month_day": 32}, {"nth": 0}, {"window_min": 1441}, {"catch_up_most": 0}, {"weekdays": [7]}, {"rhythm": "once"},
     {"rhythm": "weekly"}],
)  # fmt: skip
def test_the_database_keeps_out_rhythms_there_are_none_of(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        due(make_utility(), **fields)


_SCHEDULER = """
import sys, time, django
django.setup()
from django.db import connection
from headend.services.schedules import run_due
connection.ensure_connection()
print("ready", flush=True)
time.sleep(max(0.0, float(sys.stdin.readline()) - time.time()))
print(len(run_due()), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_two_scheduler_processes_never_double_a_run() -> None:
    utility = make_utility()
    hung(utility, 5)
    for number in range(60):
        due(utility, name=f"Schedule {number}")
    command = [sys.executable, "-c", _SCHEDULER]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR)
        for _ in range(2)
    ]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    begin = time.time() + 0.3
    answers = [each.communicate(f"{begin}\n", timeout=60)[0] for each in both]
    assert sum(int(answer) for answer in answers) == 60
    assert sorted(Job.objects.values_list("schedule__name", flat=True)) == sorted(f"Schedule {n}" for n in range(60))
    assert JobItem.objects.count() == 300


@pytest.mark.django_db(transaction=True)
def test_who_changes_a_schedule_that_is_just_being_run_waits_and_undoes_nothing() -> None:
    """What was read of it before the run must not be written back over what the run noted."""
    schedule, user, ran = due(make_utility()), make_user(username="operator"), Stop()
    schedule.name = "Renamed"

    def run() -> None:
        with transaction.atomic():
            run_due()
            ran.wait()

    with beside(run) as running:
        ran.until_reached()
        with beside(lambda: save_schedule(schedule=schedule, user=user)) as saving:
            until_it_waits(saving)
            ran.let_go()
            running.result(timeout=60)
            saving.result(timeout=60)
    kept = Schedule.objects.get(pk=schedule.pk)
    assert kept.name == "Renamed" and kept.last_run_at is not None
    assert kept.next_run_at is not None and kept.next_run_at > kept.last_run_at
