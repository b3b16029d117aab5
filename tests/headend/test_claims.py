"""Claiming: one worker per item, one session per device, counters that are never given twice."""

import threading

import pytest
from django.db import connection

from devices.models import Contact
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.models.job import Priority
from headend.services import claims, leases
from headend.wake import BULK, ON_DEMAND
from protocols.errors import Cause, LocalProtocolError
from tests.headend.claiming import claim, job_over, utility_with

pytestmark = pytest.mark.django_db


def test_an_item_is_claimed_once_and_its_device_with_it() -> None:
    """headend.md §4 row 5: one session per meter."""
    job = job_over(utility_with(3))
    job_over(job.utility)
    claimed = claim()
    assert sorted(each.item.device_id for each in claimed) == sorted(job.items.values_list("device_id", flat=True))
    assert claim("b") == []


def test_on_demand_items_are_for_the_reserved_worker_only_and_go_first() -> None:
    """headend.md §4 row 9."""
    utility = utility_with(1)
    job_over(utility)
    urgent = job_over(utility, Priority.ON_DEMAND)
    (claimed,) = claim(queue=ON_DEMAND)
    assert claimed.item.job == urgent
    assert claim(queue=BULK) == []


def test_the_more_urgent_of_two_items_of_a_device_is_taken() -> None:
    utility = utility_with(1)
    job_over(utility, Priority.BULK)
    gap = job_over(utility, Priority.GAP)
    assert [each.item.job for each in claim()] == [gap]


def test_counters_of_sessions_never_overlap() -> None:
    job = job_over(utility_with(1))
    (first,) = claim()
    leases.give_back(owner="a", untried=[first.item.pk])
    (second,) = claim()
    assert second.first_counter >= first.first_counter + COUNTERS_PER_SESSION
    device = job.items.get().device_id
    ahead = claims.reserve_counters(device_id=device, minimum=5_000_000)
    assert ahead == 5_000_000
    assert claims.reserve_counters(device_id=device, minimum=1) == ahead + COUNTERS_PER_SESSION


def test_a_meter_cannot_make_us_reserve_what_no_counter_holds() -> None:
    job = job_over(utility_with(1))
    claim()
    device = job.items.get().device_id
    before = Contact.objects.get(device=device).next_counter
    with pytest.raises(LocalProtocolError) as error:
        claims.reserve_counters(device_id=device, minimum=0xFFFFFFFF + 1)
    assert error.value.cause is Cause.COUNTER_EXHAUSTED
    assert Contact.objects.get(device=device).next_counter == before


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_share_the_items() -> None:
    job = job_over(utility_with(40))
    job_over(job.utility)
    taken: dict[str, list[int]] = {}
    start = threading.Barrier(4)

    def work(owner: str) -> None:
        start.wait()
        mine: list[int] = []
        while found := claim(owner, limit=3):
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
