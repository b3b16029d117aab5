"""Gaps are asked for with patience: what a session was to ask for is counted, and the next one waits longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from devices.models import Device
from headend import causes
from headend.knowledge import know
from headend.models import Gap, Job, JobItem
from headend.models.job import Priority
from headend.plan import Readings, Trace
from headend.services.claims import claim
from headend.services.gaps import find_gaps
from headend.services.jobs import Order, create_job
from headend.storing import Outcome, store_outcomes
from headend.storing.gaps import AGAIN_AFTER, GAP_TRIES, LONGEST_WAIT
from headend.wake import BULK
from tests.headend.profiles import PROFILE, gaps, hang, hours, read_until

pytestmark = pytest.mark.django_db

OWNER = "test"


@pytest.fixture
def device() -> Device:
    """Six hours are missing."""
    device = hang().device
    read_until(device, hours(5.75))
    return device


def test_a_job_asks_the_devices_with_gaps_one_job_at_a_time(device: Device) -> None:
    hang()
    (job,) = find_gaps()
    assert [item.device for item in job.items.all()] == [device]
    assert find_gaps() == []


def test_reading_on_goes_before_reading_gaps(device: Device) -> None:
    find_gaps()
    other = hang().device
    order = Order(kind="profile", title="Scheduled", priority=Priority.SCHEDULED)
    create_job(utility=other.utility, order=order, devices=Device.objects.filter(pk=other.pk))
    (first,) = claim(queue=BULK, owner=OWNER, limit=1)
    assert first.item.device == other


def test_good_sessions_that_bring_nothing_are_counted_until_the_gap_is_not_held(device: Device) -> None:
    for tries in range(GAP_TRIES):
        assert list(Gap.objects.values_list("state", "tries")) == [("open", tries)] * bool(tries)
        _session(device)
        _let_time_pass()
    assert find_gaps() == []
    assert gaps() == gaps("not_held")


def test_only_what_the_session_was_to_ask_for_is_counted(device: Device) -> None:
    find_gaps()
    outcome = _outcome(device)
    later = Gap.objects.create(
        device=device, obis=PROFILE, starts_at=hours(12), ends_at=hours(13), found_at=timezone.now()
    )
    store_outcomes([outcome], owner=OWNER)
    later.refresh_from_db()
    assert (later.tries, later.asked, later.again_at) == (0, 0, None)
    assert Gap.objects.exclude(pk=later.pk).get().tries == 1


def test_a_gap_of_a_silent_device_is_asked_for_ever_more_rarely(device: Device) -> None:
    waits = []
    for _ in range(8):
        _session(device, causes.NO_ANSWER)
        assert find_gaps() == [], "not again at once"
        gap = Gap.objects.get()
        assert gap.again_at and gap.tried_at
        waits.append(gap.again_at - gap.tried_at)
        _let_time_pass()
    assert waits == [min(AGAIN_AFTER * 2**n, LONGEST_WAIT) for n in range(8)]
    assert (gap.state, gap.tries) == ("open", 0)


def test_a_session_that_could_not_be_planned_makes_the_next_one_wait_too(device: Device) -> None:
    find_gaps()
    (each,) = claim(queue=BULK, owner=OWNER, limit=9)
    store_outcomes([Outcome(each.item, None, Readings(), _trace(causes.UNSUPPORTED_MODEL))], owner=OWNER)
    assert find_gaps() == []
    assert Job.objects.count() == 1


def test_other_kinds_of_sessions_count_nothing(device: Device) -> None:
    find_gaps()
    outcome = _outcome(device)
    Job.objects.update(kind="profile")
    outcome.item.job.refresh_from_db()
    store_outcomes([outcome], owner=OWNER)
    assert list(Gap.objects.values_list("asked", "tries", "again_at")) == [(0, 0, None)]


def _session(device: Device, cause: str = "") -> None:
    """One job for the gaps of the device, and the one session of it, which brings nothing."""
    assert len(find_gaps()) == 1
    store_outcomes([_outcome(device, cause)], owner=OWNER)
    JobItem.objects.filter(state=JobItem.State.WAITING).delete()
    Job.objects.update(state=Job.State.DONE)


def _outcome(device: Device, cause: str = "") -> Outcome:
    (each,) = claim(queue=BULK, owner=OWNER, limit=9)
    return Outcome(each.item, know([device])[0][device.pk], Readings(), _trace(cause))


def _trace(cause: str) -> Trace:
    return Trace(timezone.now(), 0.1, "", (), 0, 0, cause)


def _let_time_pass() -> None:
    Gap.objects.update(again_at=timezone.now() - timedelta(seconds=1))
