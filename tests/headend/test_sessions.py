"""Sessions end: also with a device that is never silent and never done."""

import asyncio
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from headend import causes, kinds, sessions
from headend.knowledge import know
from headend.models import Job
from headend.sessions import run_session
from headend.storing import Outcome, store_outcomes
from rig.simulator_process import free_ports
from tests.factories import make_utility
from tests.headend.claiming import claim, job_over
from tests.headend.meters import drip, make_keyed_device, serving

pytestmark = pytest.mark.django_db


def _read_a_dripping_device(expires_in_s: float = 3600) -> Outcome:
    (port,) = free_ports(1)
    utility = make_utility()
    device = make_keyed_device(utility, port)
    job_over(utility)
    (held,) = claim()
    held.item.job.expires_at = timezone.now() + timedelta(seconds=expires_in_s)
    known, _ = know([device])
    plan = kinds.EVENTS.plan(known[device.pk], {}, timezone.now())

    async def read() -> Outcome:
        async with serving(drip, port):
            return await run_session(held, known[device.pk], plan)

    return asyncio.run(read())


def test_a_session_has_a_longest_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "LONGEST_S", 0.3)
    monkeypatch.setattr(sessions, "_FAREWELL_S", 0.1)
    begun = time.monotonic()
    outcome = _read_a_dripping_device()
    assert (outcome.trace.cause, outcome.trace.steps[0].note) == (causes.TOO_LONG, "failed")
    assert outcome.trace.received > 5, "it was talking all the time"
    assert time.monotonic() - begun < 10


def test_no_session_outlives_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_FAREWELL_S", 0.1)
    outcome = _read_a_dripping_device(expires_in_s=0.3)
    assert outcome.trace.cause == causes.EXPIRED
    store_outcomes([outcome], owner="a")
    assert Job.objects.get().items.get().state == "expired"
