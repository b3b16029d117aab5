"""The scheduler's tick: schedules, dead workers, gaps, partitions, retention, checkpoints; a call while items wait."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from access.checkpoints import make_checkpoint
from headend.models import JobItem
from headend.models.job import Priority
from headend.services.aside import Aside
from headend.services.counter_warnings import warn_of_counters
from headend.services.deliveries import count_deliveries
from headend.services.duties import Duty, further_duties
from headend.services.error_states import find_errors
from headend.services.frames import drop_old_frames
from headend.services.gaps import COMPARED_EVERY, find_gaps
from headend.services.leases import sweep
from headend.services.networks import drop_old_networks
from headend.services.retention import drop_old_jobs
from headend.services.schedules import plan_new, run_due
from headend.wake import wake
from metering.store import ensure_ahead
from metering.store.archive.early import drop_early
from metering.store.archive.retention import keep_months
from metering.store.statistics.folding import fold


def call_workers() -> None:
    """Call the workers of every queue in which an item is due; this is what makes a lost message harmless."""
    now = timezone.now()
    waiting = JobItem.objects.filter(state=JobItem.State.WAITING, not_before__lte=now)
    for bounds in ({"priority__gte": Priority.ON_DEMAND}, {"priority__lt": Priority.ON_DEMAND}):
        urgent = waiting.filter(**bounds).aggregate(most=Max("priority"))["most"]
        if urgent is not None:
            wake(urgent)


class Ticker:
    """All duties. Any number of schedulers may tick at once: every duty claims its rows or is idempotent."""

    def __init__(self) -> None:
        self._duties = [
            Duty(ensure_ahead, timedelta(hours=1)),
            Duty(plan_new, timedelta(seconds=5)),
            Duty(run_due, timedelta(seconds=1)),
            Duty(sweep, timedelta(seconds=5)),
            Duty(Aside(find_gaps), COMPARED_EVERY),
            Duty(Aside(count_deliveries), timedelta(minutes=5)),
            Duty(drop_old_jobs, timedelta(minutes=1)),
            Duty(drop_old_frames, timedelta(minutes=10)),
            Duty(drop_old_networks, timedelta(minutes=10)),
            Duty(Aside(find_errors), timedelta(minutes=15)),
            Duty(Aside(keep_months), timedelta(hours=1)),
            Duty(Aside(drop_early), timedelta(days=1)),
            Duty(Aside(fold), timedelta(minutes=5)),
            Duty(make_checkpoint, timedelta(hours=1)),
            Duty(warn_of_counters, timedelta(hours=1)),
            Duty(call_workers, timedelta(seconds=1)),
            *further_duties(),
        ]

    def tick(self) -> None:
        """Do what is due; never raises for what a duty did."""
        now = timezone.now()
        for duty in self._duties:
            duty.do_if_due(now)
