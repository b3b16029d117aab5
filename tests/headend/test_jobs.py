"""Cancelling and retrying jobs."""

import pytest

from headend.models import Job, JobItem
from headend.services.jobs import cancel_job, retry_failed
from tests.headend.claiming import claim, job_over, utility_with

pytestmark = pytest.mark.django_db


def test_cancel_ends_what_waits_and_leaves_what_runs() -> None:
    job = job_over(utility_with(2))
    (running,) = claim(limit=1)
    assert cancel_job(job=job) == 1
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.CANCELLED, None)
    assert job.items.tally() == {"running": 1, "cancelled": 1}
    assert running.item.pk


def test_retry_lets_only_what_failed_wait_again_with_all_its_attempts() -> None:
    job = job_over(utility_with(2))
    good, bad = job.items.order_by("id")
    JobItem.objects.filter(pk=good.pk).update(state="ok")
    JobItem.objects.filter(pk=bad.pk).update(state="failed", attempts=3)
    assert retry_failed(job=job) == 1
    bad.refresh_from_db()
    assert (bad.state, bad.attempts, bad.attempts_before) == ("waiting", 3, 3)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.RUNNING, None)
