"""What is asked again, of whom and when: cheaply, within a budget, and beside the regular readings."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from access.models import Utility
from devices.models import Device
from headend.gap_words import next_steps
from headend.models import Gap, GapBudget, Schedule
from headend.plan import Stretch
from headend.rereads import ROWS_PER_REQUEST, cheapest
from headend.services.gap_budget import CLOSE, left_of_budget
from headend.services.gaps import find_gaps
from headend.services.jobs import Order, create_job
from protocols.dlms.obis import Obis
from tests.headend.profiles import PROFILE, hang, hours, read_until

LOAD, DAILY = Obis.parse(PROFILE), Obis.parse("1-0:99.2.0")
INTERVALS = {LOAD: 900, DAILY: 86_400}
SECOND = timedelta(seconds=1)


def stretch(first: float, last: float, obis: Obis = LOAD) -> Stretch:
    """From one hour after noon to another, as gaps are: the end is the second before the next row."""
    return Stretch(obis, hours(first), hours(last) - SECOND)


def spans(asked: list[Stretch]) -> list[tuple[datetime, datetime]]:
    return [(each.start, each.end + SECOND) for each in asked]


def test_ranges_few_rows_apart_are_one_and_others_two() -> None:
    hole = ROWS_PER_REQUEST / 4
    near, far = stretch(1 + hole, 2 + hole), stretch(1.25 + hole, 2 + hole)
    assert spans(cheapest([near, stretch(0, 1)], INTERVALS)) == [(hours(0), hours(2 + hole))]
    assert len(cheapest([stretch(0, 1), far], INTERVALS)) == 2


def test_nothing_that_is_missing_is_left_out_and_profiles_are_never_mixed() -> None:
    missing = [stretch(n, n + 0.5) for n in range(0, 60, 10)] + [stretch(5, 6), stretch(0, 24, DAILY)]
    asked = cheapest(missing, INTERVALS)
    for each in missing:
        assert any(one.obis == each.obis and one.start <= each.start and each.end <= one.end for one in asked)
    assert cheapest([], INTERVALS) == []
    assert len(cheapest([stretch(0, 1), stretch(1, 2), stretch(3, 4)], {})) == 2


def _missing(utility_of: int = 1) -> list[Device]:
    """Devices whose first hours are missing."""
    devices = [hang().device for _ in range(utility_of)]
    for device in devices:
        read_until(device, hours(5.75))
    return devices


@pytest.mark.django_db
def test_no_more_devices_are_asked_in_an_hour_than_the_budget_says() -> None:
    devices = _missing(3)
    utility: Utility = devices[0].utility
    GapBudget.objects.create(utility=utility, devices_per_hour=2)
    (job,) = find_gaps()
    assert job.items.count() == 2
    assert left_of_budget(utility, timezone.now()) == 0
    job.items.update(state="ok")
    type(job).objects.update(state="done")
    assert find_gaps() == []
    type(job).objects.update(created_at=timezone.now() - timedelta(hours=1, seconds=1))
    Gap.objects.filter(device__in=job.items.values("device")).update(asked=1)
    (second,) = find_gaps()
    assert second.items.count() == 2
    assert set(devices) - {item.device for item in job.items.all()} <= {item.device for item in second.items.all()}


@pytest.mark.django_db
def test_a_device_about_to_be_read_is_not_asked_beside() -> None:
    (device,) = _missing()
    order = Order(kind="profile", title="Scheduled")
    job = create_job(utility=device.utility, order=order, devices=Device.objects.filter(pk=device.pk))
    assert find_gaps() == []
    job.items.update(not_before=timezone.now() + CLOSE * 2)
    assert len(find_gaps()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due_in", "every_min", "jobs"),
    [(CLOSE / 2, 60, 0), (CLOSE * 2, 60, 1), (CLOSE / 2, 5, 1)],
    ids=["soon", "later", "all the time"],
)
def test_a_schedule_about_to_run_goes_first(due_in: timedelta, every_min: int, jobs: int) -> None:
    (device,) = _missing()
    Schedule.objects.create(
        utility=device.utility, name="S", kind="profile", rhythm="minutes", every_min=every_min,
        next_run_at=timezone.now() + due_in,
    )  # fmt: skip
    assert len(find_gaps()) == jobs


@pytest.mark.django_db
def test_what_happens_next_is_said() -> None:
    (device,) = _missing()
    now = timezone.now()

    def said() -> tuple[str, datetime | None]:
        (step,) = next_steps(Gap.objects.all(), device.pk, now)
        return step.words, step.after

    (job,) = find_gaps()
    assert said() == ("A job asks for it now", None)
    job.items.update(state="ok")
    assert said() == ("Asked for by the next job, beside the regular readings", None)
    Gap.objects.update(again_at=now + timedelta(hours=1))
    assert said() == ("Asked for again, not before", now + timedelta(hours=1))
    Gap.objects.update(state="not_held")
    assert said() == ("Not asked for again: 3 good sessions did not bring it", None)
