"""headend.md §4 row 4: whatever happens to workers, leases and jobs, no item stays open."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from access.models import User
from headend import causes
from headend.models import Job, JobItem
from headend.plan import Readings, Trace
from headend.services import job_steering, leases
from headend.services.jobs import PAUSE_LASTS, SteeringError, cancel_job, retry_failed
from headend.storing import Outcome, store_outcomes
from tests.factories import make_user
from tests.headend.claiming import claim, expire_leases, job_over, utility_with

pytestmark = pytest.mark.django_db

ENDS = ("", causes.NO_ANSWER, causes.NO_KEYS, causes.EXPIRED, "garbage", "a cause of an older release")
TERMINAL = {"ok", "failed", "expired", "cancelled"}


class Chaos:
    """Workers that claim, end, die and come back too late, and people who steer meanwhile, in random order."""

    def __init__(self, seed: int, user: User) -> None:
        self.random = Random(seed)
        self.user = user
        utility = utility_with(6)
        self.jobs = [job_over(utility) for _ in range(3)]
        self.held: list[tuple[str, JobItem]] = []
        self.acts: tuple[Callable[[], object], ...] = (
            self.claim, self.claim, self.end, self.end, self.kill, self.stop_in_order, self.steer, self.run_out,
            leases.sweep,
        )  # fmt: skip

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.random.choice(self.acts)()

    def claim(self) -> None:
        owner = self.random.choice("abc")
        JobItem.objects.filter(state="waiting", not_before__lt=timezone.now() + timedelta(hours=1)).update(
            not_before=timezone.now()
        )
        self.held += [(owner, each.item) for each in claim(owner, limit=self.random.randint(1, 4))]

    def end(self) -> None:
        """A session ends, of whatever claim, also one that was lost long ago."""
        if self.held:
            owner, item = self.held.pop(self.random.randrange(len(self.held)))
            trace = Trace(timezone.now(), 0.1, "", (), 0, 0, self.random.choice(ENDS))
            store_outcomes([Outcome(item, None, Readings(), trace)], owner=owner)

    def kill(self) -> None:
        expire_leases()

    def stop_in_order(self) -> None:
        owner = self.random.choice("abc")
        leases.give_back(owner=owner, untried=[item.pk for held_by, item in self.held if held_by == owner][:2])

    def run_out(self) -> None:
        """The time of a job is over."""
        Job.objects.filter(pk=self._job().pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    def steer(self) -> None:
        verb = self.random.choice((job_steering.pause, job_steering.resume, cancel_job, retry_failed))
        try:
            verb(job=self._job(), user=self.user)
        except SteeringError as refusal:
            assert str(refusal)

    def _job(self) -> Job:
        return self.random.choice(self.jobs)


@pytest.mark.parametrize("seed", range(12))
def test_every_item_ends_in_a_named_state(seed: int) -> None:
    chaos = Chaos(seed, make_user())
    chaos.run(60)
    long_ago = timezone.now() - PAUSE_LASTS - timedelta(hours=1)
    Job.objects.update(expires_at=long_ago)
    Job.objects.filter(state="paused").update(paused_at=long_ago)
    expire_leases()
    for _ in range(2):
        leases.sweep()
    items = JobItem.objects.values_list("state", "finished_at", "lease_owner", "first_cause", "last_cause")
    for state, finished_at, owner, first, last in items:
        assert state in TERMINAL and finished_at is not None and owner == ""
        assert (state == "ok") == (last == "") and (bool(first) or state == "ok")
    assert not Job.objects.filter(finished_at=None).exists()
    assert set(Job.objects.values_list("state", flat=True)) <= {"done", "cancelled"}
