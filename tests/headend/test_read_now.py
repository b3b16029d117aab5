"""Reading now: who is on the phone goes first, asking twice reads once, what cannot be read is refused in words."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from devices.models import Device
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.services.jobs import cancel_job
from headend.services.read_now import FEW, NotReadableError, read_now, read_several
from tests.factories import make_device, make_user, make_utility

pytestmark = pytest.mark.django_db


def _installed() -> Device:
    return make_device(make_utility(), state=Device.State.INSTALLED)


@pytest.mark.parametrize(("count", "priority"), [(FEW, Priority.ON_DEMAND), (FEW + 1, Priority.SCHEDULED)])
def test_many_devices_do_not_take_the_reserved_worker(count: int, priority: Priority) -> None:
    utility = make_utility()
    for _ in range(count):
        make_device(utility, state=Device.State.INSTALLED)
    job = read_several(utility=utility, devices=Device.objects.all(), user=make_user())
    assert (job.priority, job.items.count()) == (priority, count)
    assert set(job.items.values_list("priority", flat=True)) == {priority}


def test_the_same_reading_under_way_is_given_again() -> None:
    device = _installed()
    job = read_now(device=device, user=None, what=["registers", "profile"])
    assert read_now(device=device, user=make_user(), what=["profile", "registers"]) == job
    assert read_now(device=device, user=None, what=["events"]) != job
    JobItem.objects.filter(job=job).update(state="ok")
    assert read_now(device=device, user=None, what=["registers", "profile"]) != job


def test_a_cancelled_reading_is_not_given_again() -> None:
    device = _installed()
    job = read_now(device=device, user=None)
    JobItem.objects.update(state="running")
    cancel_job(job=job)
    assert read_now(device=device, user=None) != job


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": "inventory"}, "In inventory"),
        ({"state": "removed"}, "Removed"),
        ({"state": "scrapped"}, "Scrapped"),
        ({"state": "installed", "host": ""}, "no address"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(fields: dict[str, Any], reason: str) -> None:
    device = make_device(make_utility(), **fields)
    with pytest.raises(NotReadableError, match=reason):
        read_now(device=device, user=None)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_share_one_job() -> None:
    device, start = _installed(), threading.Barrier(2)

    def ask() -> int:
        start.wait()
        try:
            return read_now(device=device, user=None).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = (threads.submit(ask) for _ in range(2))
    assert first.result() == second.result()
