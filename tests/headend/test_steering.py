"""Steering jobs: paused and resumed, further devices, devices taken out, priority, expiry, retry by cause."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from access.models import AuditRecord, User, Utility
from devices.models import Device
from headend import causes
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.plan import Readings, Trace
from headend.services import job_steering, leases
from headend.services.jobs import PAUSE_LASTS, SteeringError, cancel_job, retry_failed
from headend.storing import Outcome, store_outcomes
from headend.wake import ON_DEMAND
from tests.beside import Stop, beside, until_it_waits
from tests.factories import make_device, make_user, make_utility
from tests.headend.claiming import claim, job_over, utility_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user(username="operator")


def _ended(item: JobItem, cause: str = "") -> Outcome:
    return Outcome(item, None, Readings(), Trace(timezone.now(), 0.5, "", (), 0, 0, cause))


def _devices(utility: Utility) -> list[Device]:
    return list(Device.objects.filter(utility=utility).order_by("pk"))


def test_nothing_of_a_paused_job_is_begun_until_it_goes_on(user: User) -> None:
    job = job_over(utility_with(3))
    job_steering.pause(job=job, user=user)
    assert claim() == []
    job_steering.resume(job=job, user=user)
    assert len(claim()) == 3
    assert list(AuditRecord.objects.filter(username="operator").order_by("id").values_list("verb", flat=True)) == [
        "job paused", "job resumed",
    ]  # fmt: skip


@pytest.mark.parametrize(("cause", "state"), [("", "ok"), (causes.NO_ANSWER, "waiting")])
def test_a_session_under_way_ends_as_usual_while_its_job_is_paused(user: User, cause: str, state: str) -> None:
    job = job_over(utility_with(1))
    (held,) = claim("a")
    job_steering.pause(job=job, user=user)
    store_outcomes([_ended(held.item, cause)], owner="a")
    assert job.items.get().state == state
    job.refresh_from_db()
    assert job.state == (Job.State.DONE if state == "ok" else Job.State.PAUSED)


def test_a_dead_worker_gives_back_to_a_paused_job(user: User) -> None:
    job = job_over(utility_with(1))
    claim("dead")
    job_steering.pause(job=job, user=user)
    past = timezone.now() - timedelta(seconds=1)
    JobItem.objects.update(lease_until=past)
    leases.sweep()
    assert (job.items.get().state, claim()) == ("waiting", [])


def test_the_time_of_a_paused_job_stands_still(user: User) -> None:
    job = job_over(utility_with(2))
    job_steering.pause(job=job, user=user)
    Job.objects.update(paused_at=timezone.now() - timedelta(hours=2))
    leases.sweep()
    assert set(job.items.values_list("state", flat=True)) == {"waiting"}
    job_steering.resume(job=job, user=user)
    expires_at = job.expires_at
    job.refresh_from_db()
    assert abs(job.expires_at - expires_at - timedelta(hours=2)) < timedelta(seconds=5)


def test_a_pause_keeps_the_order_in_which_devices_are_begun(user: User) -> None:
    job = job_over(utility_with(2))
    second = job.items.order_by("id")[1]
    later = timezone.now() + timedelta(minutes=20)
    JobItem.objects.filter(pk=second.pk).update(not_before=later)
    job_steering.pause(job=job, user=user)
    job_steering.resume(job=job, user=user)
    assert len(claim()) == 1
    second.refresh_from_db()
    assert abs(second.not_before - later) < timedelta(seconds=5)


def test_a_pause_nobody_ends_expires(user: User) -> None:
    """headend.md §4 row 4: no item stays open, whatever people forget."""
    job = job_over(utility_with(2))
    job_steering.pause(job=job, user=user)
    Job.objects.update(paused_at=timezone.now() - PAUSE_LASTS - timedelta(seconds=1))
    leases.sweep()
    job.refresh_from_db()
    assert set(job.items.values_list("state", flat=True)) == {"expired"}
    assert (job.state, job.paused_at) == (Job.State.DONE, None)


def test_a_job_is_aimed_at_further_devices_once(user: User) -> None:
    utility = utility_with(2)
    job = job_over(utility)
    new = make_device(utility)
    stranger = make_device(make_utility("other"))
    asked = Device.objects.filter(pk__in=[new.pk, stranger.pk, _devices(utility)[0].pk])
    assert job_steering.add_devices(job=job, devices=asked, words="3 devices", user=user) == 1
    assert job.items.filter(device=new, state="waiting").exists() and not job.items.filter(device=stranger).exists()


def test_a_job_that_is_done_runs_again_for_the_devices_added(user: User) -> None:
    utility = utility_with(1)
    job = job_over(utility)
    store_outcomes([_ended(claim("a")[0].item)], owner="a")
    make_device(utility)
    job_steering.add_devices(job=job, devices=Device.objects.all(), words="All devices", user=user)
    job.refresh_from_db()
    assert (job.state, job.finished_at, len(claim())) == (Job.State.RUNNING, None, 1)


def test_what_waits_is_taken_out_and_what_runs_goes_on(user: User) -> None:
    job = job_over(utility_with(3))
    running = claim(limit=1)[0].item
    assert job_steering.take_out(job=job, items=job.items.all(), user=user) == 2
    states = dict(job.items.values_list("pk", "state"))
    assert states.pop(running.pk) == "running" and set(states.values()) == {"cancelled"}


def test_a_job_made_urgent_is_taken_by_the_reserved_worker(user: User) -> None:
    job = job_over(utility_with(2), Priority.BULK)
    job_steering.set_priority(job=job, priority=Priority.ON_DEMAND, user=user)
    assert claim() == [] and len(claim(queue=ON_DEMAND)) == 2


def test_many_devices_do_not_get_the_reserved_worker(user: User) -> None:
    utility = utility_with(6)
    job = job_over(utility)
    with pytest.raises(SteeringError, match="No more than 5"):
        job_steering.set_priority(job=job, priority=Priority.ON_DEMAND, user=user)
    assert set(job.items.values_list("priority", flat=True)) == {Priority.SCHEDULED}


def test_a_job_is_given_more_time(user: User) -> None:
    job = job_over(utility_with(1))
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert claim() == []
    job_steering.set_expiry(job=job, expires_at=timezone.now() + timedelta(hours=5), user=user)
    leases.sweep()
    assert len(claim()) == 1


@pytest.mark.parametrize("ahead", [timedelta(seconds=-1), timedelta(days=400)])
def test_an_expiry_out_of_reach_is_refused(user: User, ahead: timedelta) -> None:
    job = job_over(utility_with(1))
    with pytest.raises(SteeringError):
        job_steering.set_expiry(job=job, expires_at=timezone.now() + ahead, user=user)


def test_only_what_ended_with_a_cause_is_tried_again(user: User) -> None:
    job = job_over(utility_with(3))
    for item, cause in zip(job.items.order_by("id"), ("no_keys", "no_answer", ""), strict=True):
        JobItem.objects.filter(pk=item.pk).update(state="failed" if cause else "ok", last_cause=cause)
    assert retry_failed(job=job, user=user, cause="no_keys") == 1
    assert sorted(job.items.values_list("state", flat=True)) == ["failed", "ok", "waiting"]


def test_what_has_ended_is_not_steered(user: User) -> None:
    job = job_over(utility_with(1))
    store_outcomes([_ended(claim("a")[0].item)], owner="a")
    for steer in (job_steering.pause, job_steering.resume):
        with pytest.raises(SteeringError):
            steer(job=job, user=user)
    with pytest.raises(SteeringError, match="has ended"):
        job_steering.set_priority(job=job, priority=Priority.BULK, user=user)


def test_a_paused_job_is_not_retried_but_may_be_cancelled(user: User) -> None:
    job = job_over(utility_with(2))
    job_steering.pause(job=job, user=user)
    with pytest.raises(SteeringError, match="let it go on"):
        retry_failed(job=job, user=user)
    assert cancel_job(job=job, user=user) == 2
    job.refresh_from_db()
    assert (job.state, job.paused_at, job.finished_at is not None) == (Job.State.CANCELLED, None, True)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_gets_devices_as_its_last_session_ends_goes_on(user: User) -> None:
    """Both at once: whoever ends the last session must not close the job over items it cannot see yet."""
    utility, added = utility_with(1), Stop()
    job = job_over(utility)
    (held,) = claim("a")
    make_device(utility)

    def add() -> None:
        with transaction.atomic():
            job_steering.add_devices(job=job, devices=Device.objects.filter(utility=utility), words="", user=user)
            added.wait()

    with beside(add) as adding:
        added.until_reached()
        with beside(lambda: store_outcomes([_ended(held.item)], owner="a")) as storing:
            until_it_waits(storing)
            added.let_go()
            adding.result(timeout=60)
            storing.result(timeout=60)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.RUNNING, None)
    assert len(claim("b")) == 1
