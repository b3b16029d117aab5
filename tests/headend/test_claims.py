"""Claiming: one worker per item, one session per device, leases that end, counters that are never given twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from access.models import Utility
from devices.models import Contact, Device
from headend import causes
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services import claims
from headend.services.jobs import Order, cancel_job, create_job, retry_failed
from headend.wake import BULK, ON_DEMAND
from tests.factories import make_device, make_utility

pytestmark = pytest.mark.django_db


def _job(utility: Utility, priority: Priority = Priority.SCHEDULED) -> Job:
    order = Order(kind="profile", title="Test", priority=priority)
    return create_job(utility=utility, order=order, devices=Device.objects.filter(utility=utility))


def _claim(owner: str = "a", queue: str = BULK, limit: int = 100) -> list[claims.Claim]:
    return claims.claim(queue=queue, owner=owner, limit=limit)


def _devices(count: int) -> Utility:
    utility = make_utility()
    for _ in range(count):
        make_device(utility)
    return utility


def test_an_item_is_claimed_once_and_its_device_with_it() -> None:
    job = _job(_devices(3))
    _job(job.utility)
    claimed = _claim()
    assert sorted(each.item.device_id for each in claimed) == sorted(job.items.values_list("device_id", flat=True))
    assert _claim("b") == []


def test_on_demand_items_are_for_the_reserved_worker_only_and_go_first() -> None:
    utility = _devices(1)
    _job(utility)
    urgent = _job(utility, Priority.ON_DEMAND)
    (claimed,) = _claim(queue=ON_DEMAND)
    assert claimed.item.job == urgent
    assert _claim(queue=BULK) == []


def test_the_more_urgent_of_two_items_of_a_device_is_taken() -> None:
    utility = _devices(1)
    _job(utility, Priority.BULK)
    gap = _job(utility, Priority.GAP)
    assert [each.item.job for each in _claim()] == [gap]


def test_counters_of_sessions_never_overlap() -> None:
    job = _job(_devices(1))
    (first,) = _claim()
    claims.give_back(owner="a")
    (second,) = _claim()
    assert second.first_counter >= first.first_counter + COUNTERS_PER_SESSION
    device = job.items.get().device_id
    ahead = claims.reserve_counters(device_id=device, minimum=5_000_000)
    assert ahead == 5_000_000
    assert claims.reserve_counters(device_id=device, minimum=1) == ahead + COUNTERS_PER_SESSION


def test_what_a_dead_worker_held_waits_again_with_the_cause() -> None:
    job = _job(_devices(1))
    _claim("dead")
    _expire_leases()
    assert _claim("b") == []
    assert claims.sweep() == 1
    item = job.items.get()
    assert (item.state, item.first_cause, item.last_cause) == ("waiting", causes.WORKER_LOST, causes.WORKER_LOST)
    assert len(_claim("b")) == 1


def test_an_item_that_kills_every_worker_ends_as_failed() -> None:
    job = _job(_devices(1))
    for _ in range(causes.rule(causes.WORKER_LOST).attempts):
        assert len(_claim("dead")) == 1
        _expire_leases()
        claims.sweep()
    assert job.items.get().state == JobItem.State.FAILED
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_a_lease_that_is_renewed_is_not_swept() -> None:
    _job(_devices(1))
    (held,) = _claim("alive")
    _expire_leases()
    claims.keep(owner="alive", item_ids=[held.item.pk])
    assert claims.sweep() == 0
    assert _claim("b") == []


def test_nobody_renews_the_lease_of_another() -> None:
    _job(_devices(1))
    (held,) = _claim("a")
    _expire_leases()
    claims.keep(owner="b", item_ids=[held.item.pk])
    assert claims.sweep() == 1


def test_what_is_not_done_in_time_expires_and_keeps_what_went_wrong_before() -> None:
    job = _job(_devices(2))
    tried, untried = job.items.order_by("id")
    JobItem.objects.filter(pk=tried.pk).update(first_cause="garbage", last_cause="garbage")
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert _claim() == []
    claims.sweep()
    tried.refresh_from_db()
    untried.refresh_from_db()
    assert (tried.state, tried.last_cause) == ("expired", "garbage")
    assert (untried.state, untried.last_cause) == ("expired", causes.EXPIRED)


def test_cancel_ends_what_waits_and_leaves_what_runs() -> None:
    job = _job(_devices(2))
    (running,) = _claim(limit=1)
    assert cancel_job(job=job) == 1
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.CANCELLED, None)
    assert job.items.tally() == {"running": 1, "cancelled": 1}
    assert running.item.pk


def test_retry_lets_only_what_failed_wait_again_with_all_its_attempts() -> None:
    job = _job(_devices(2))
    good, bad = job.items.order_by("id")
    JobItem.objects.filter(pk=good.pk).update(state="ok")
    JobItem.objects.filter(pk=bad.pk).update(state="failed", attempts=3)
    assert retry_failed(job=job) == 1
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.attempts_before) == ("waiting", 3, 3)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.RUNNING, None)


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_share_the_items() -> None:
    job = _job(_devices(40))
    _job(job.utility)
    taken: dict[str, list[int]] = {}
    start = threading.Barrier(4)

    def work(owner: str) -> None:
        start.wait()
        mine: list[int] = []
        while found := _claim(owner, limit=3):
            mine += [each.item.device_id for each in found]
        taken[owner] = mine
        connection.close()

    threads = [threading.Thread(target=work, args=(owner,)) for owner in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = [device for mine in taken.values() for device in mine]
    assert sorted(together) == sorted(job.items.values_list("device_id", flat=True))


def _expire_leases() -> None:
    past = timezone.now() - timedelta(seconds=1)
    JobItem.objects.filter(state="running").update(lease_until=past)
    Contact.objects.filter(session_until__isnull=False).update(session_until=past)
