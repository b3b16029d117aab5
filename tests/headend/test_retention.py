"""Old jobs go with all that hangs on them; younger and unfinished ones stay."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from headend.models import Attempt, Job, JobItem
from headend.services import retention
from headend.services.retention import JOBS_AT_ONCE, drop_old_jobs
from tests.factories import make_attempt, make_device, make_job, make_utility

pytestmark = pytest.mark.django_db


def test_only_what_ended_long_ago_is_dropped() -> None:
    utility = make_utility()
    device = make_device(utility)
    limit = timezone.now() - timedelta(days=settings.COMMUNICATION_DAYS)
    old = [make_job(utility, [device], finished_at=limit - timedelta(hours=1)) for _ in range(JOBS_AT_ONCE + 1)]
    young = make_job(utility, [device], finished_at=limit + timedelta(hours=1))
    running = make_job(utility, [device], created_at=limit - timedelta(days=9))
    for job in (*old, young, running):
        make_attempt(job.items.get())
    assert drop_old_jobs() == len(old)
    assert set(Job.objects.all()) == {young, running}
    assert JobItem.objects.count() == Attempt.objects.count() == 2
    assert drop_old_jobs() == 0


def test_a_large_job_goes_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ITEMS_AT_ONCE", 2)
    monkeypatch.setattr(retention, "STEPS_AT_ONCE", 2)
    utility = make_utility()
    devices = [make_device(utility) for _ in range(5)]
    limit = timezone.now() - timedelta(days=settings.COMMUNICATION_DAYS)
    job = make_job(utility, devices, finished_at=limit - timedelta(hours=1))
    for item in job.items.all():
        make_attempt(item)
    assert drop_old_jobs() == 0
    assert JobItem.objects.count() == Attempt.objects.count() == 1
    assert drop_old_jobs() == 1
    assert not Job.objects.exists()
