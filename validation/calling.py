"""How workers hear of validation: messages carry no data, the queue and the rows of runs are the truth."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from aim import calling
from validation import queue
from validation.models import Run

QUEUE = "validation"
DUE, RUN = "validation.due", "validation.run"
LOST = timedelta(minutes=2)
"""A run whose worker was not heard of for so long is taken over by another."""
_QUIET_S = 10


def call_workers() -> None:
    """Call a worker where something is due, and one for every run that waits; the scheduler's duty."""
    count, age = queue.waiting()
    if count and age > 0:
        calling.call(DUE, "arrivals", queue=QUEUE, quiet_s=_QUIET_S)
    for pk in Run.objects.filter(unheld()).values_list("pk", flat=True):
        call_for(pk)


def call_for(run_id: int) -> None:
    """Call a worker for this run."""
    calling.call(RUN, run_id, queue=QUEUE, quiet_s=_QUIET_S)


def unheld() -> Q:
    """Runs that wait, and those whose worker is lost."""
    lost = Q(heartbeat_at=None) | Q(heartbeat_at__lt=timezone.now() - LOST)
    return Q(state=Run.State.WAITING) | Q(state=Run.State.RUNNING) & lost
