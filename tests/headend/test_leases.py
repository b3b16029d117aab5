"""Leases: renewed by their owner only, given back in good order, freed by the sweeper, none of a cancelled job."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from devices.models import Contact
from headend import causes
from headend.models import Job, JobItem
from headend.plan import Readings, Trace
from headend.services import leases
from headend.services.jobs import cancel_job
from headend.storing import Outcome, store_outcomes
from tests.headend.claiming import claim, expire_leases, job_over, utility_with

pytestmark = pytest.mark.django_db


def test_what_a_dead_worker_held_waits_again_with_the_cause() -> None:
    job = job_over(utility_with(1))
    claim("dead")
    expire_leases()
    assert claim("b") == []
    assert leases.sweep() == 1
    item = job.items.get()
    assert (item.state, item.first_cause, item.last_cause) == ("waiting", causes.WORKER_LOST, causes.WORKER_LOST)
    assert len(claim("b")) == 1


def test_the_first_cause_stays_when_a_worker_dies_later() -> None:
    job = job_over(utility_with(1))
    JobItem.objects.update(first_cause="garbage", last_cause="garbage")
    claim("dead")
    expire_leases()
    leases.sweep()
    item = job.items.get()
    assert (item.state, item.first_cause, item.last_cause) == ("waiting", "garbage", causes.WORKER_LOST)


def test_what_ends_well_in_the_end_still_says_that_a_worker_died() -> None:
    job = job_over(utility_with(1))
    claim("dead")
    expire_leases()
    leases.sweep()
    (held,) = claim("b")
    store_outcomes([_ended(held.item, "")], owner="b")
    item = job.items.get()
    assert (item.state, item.first_cause, item.last_cause, item.attempts) == ("ok", causes.WORKER_LOST, "", 2)


def test_an_item_that_kills_every_worker_ends_as_failed() -> None:
    job = job_over(utility_with(1))
    for _ in range(causes.rule(causes.WORKER_LOST).attempts):
        assert len(claim("dead")) == 1
        expire_leases()
        leases.sweep()
    assert job.items.get().state == JobItem.State.FAILED
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_a_lease_that_is_renewed_is_not_swept() -> None:
    job_over(utility_with(1))
    (held,) = claim("alive")
    expire_leases()
    leases.keep(owner="alive", item_ids=[held.item.pk])
    assert leases.sweep() == 0
    assert claim("b") == []


def test_nobody_renews_the_lease_of_another() -> None:
    job_over(utility_with(1))
    (held,) = claim("a")
    expire_leases()
    leases.keep(owner="b", item_ids=[held.item.pk])
    assert leases.sweep() == 1


def test_what_is_not_done_in_time_expires_and_keeps_what_went_wrong_before() -> None:
    job = job_over(utility_with(2))
    tried, untried = job.items.order_by("id")
    JobItem.objects.filter(pk=tried.pk).update(first_cause="garbage", last_cause="garbage")
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert claim() == []
    leases.sweep()
    tried.refresh_from_db()
    untried.refresh_from_db()
    assert (tried.state, tried.last_cause) == ("expired", "garbage")
    assert (untried.state, untried.last_cause) == ("expired", causes.EXPIRED)


def test_what_is_given_back_was_not_attempted() -> None:
    job = job_over(utility_with(2))
    held = claim("a")
    assert leases.give_back(owner="a", untried=[each.item.pk for each in held]) == 2
    assert set(job.items.values_list("state", "attempts", "lease_owner")) == {("waiting", 0, "")}
    assert len(claim("b")) == 2


def test_what_could_not_be_stored_is_swept_and_counts_as_an_attempt() -> None:
    job = job_over(utility_with(1))
    for _ in range(causes.rule(causes.WORKER_LOST).attempts):
        claim("a")
        leases.give_back(owner="a", untried=[])
        leases.sweep()
    assert job.items.get().state == JobItem.State.FAILED


def _unanswered(item: JobItem) -> Outcome:
    return _ended(item, causes.NO_ANSWER)


def _ended(item: JobItem, cause: str) -> Outcome:
    return Outcome(item, None, Readings(), Trace(timezone.now(), 0.5, "", (), 0, 0, cause))


@pytest.mark.parametrize("end", ["fails", "given back", "worker dies"])
def test_an_item_of_a_cancelled_job_does_not_wait_again(end: str) -> None:
    job = job_over(utility_with(1))
    (held,) = claim("a")
    cancel_job(job=job)
    if end == "fails":
        store_outcomes([_unanswered(held.item)], owner="a")
    elif end == "given back":
        leases.give_back(owner="a", untried=[held.item.pk])
    else:
        expire_leases()
        leases.sweep()
    item = job.items.get()
    job.refresh_from_db()
    assert (item.state, item.lease_owner, item.finished_at is not None) == ("cancelled", "", True)
    assert (job.state, job.finished_at is not None) == (Job.State.CANCELLED, True)


def test_a_waiting_item_of_a_cancelled_job_is_not_claimed_and_swept_away() -> None:
    job = job_over(utility_with(1))
    Job.objects.update(state=Job.State.CANCELLED)
    assert claim() == []
    assert leases.sweep() == 1
    assert (job.items.get().state, job.items.get().last_cause) == ("cancelled", causes.CANCELLED)


def test_a_session_whose_item_was_claimed_again_ends_nothing() -> None:
    job = job_over(utility_with(1))
    (earlier,) = claim("a")
    expire_leases()
    leases.sweep()
    (later,) = claim("a")
    store_outcomes([_unanswered(earlier.item)], owner="a")
    assert (job.items.get().state, job.items.get().attempts) == ("running", later.item.attempts)
    contact = Contact.objects.get()
    assert (contact.session_owner, contact.failures) == ("a", 0)
    store_outcomes([_unanswered(later.item)], owner="a")
    assert (job.items.get().last_cause, Contact.objects.get().failures) == (causes.NO_ANSWER, 1)


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_stored_while_its_leases_are_renewed() -> None:
    """Both want items and contacts. Somebody holds the contacts, so that each has taken what it takes first."""
    job_over(utility_with(20))
    held = [each.item for each in claim("a")]
    outcomes = [_unanswered(item) for item in reversed(held)]
    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            list(Contact.objects.select_for_update())
            storing = threads.submit(_with_own_connection, partial(store_outcomes, outcomes, owner="a"))
            time.sleep(0.3)
            ids = [item.pk for item in held]
            renewing = threads.submit(_with_own_connection, partial(leases.keep, owner="a", item_ids=ids))
            time.sleep(0.3)
        storing.result()
        renewing.result()
    assert not Contact.objects.exclude(session_owner="").exists()


def _with_own_connection(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()
