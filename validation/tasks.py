"""Celery entry points: a message says that there is work, nothing more."""

from celery import shared_task

from aim import calling
from validation.calling import DUE, RUN
from validation.services.arrivals import work_off
from validation.services.runs import work_run


@shared_task(name=DUE)
def validate_due(about: str) -> int:
    """Validate what has arrived; how many series-days."""
    calling.answered(DUE, about)
    return work_off().series_days


@shared_task(name=RUN)
def validate_run(run_id: int) -> None:
    """Work on a run, from its beginning if another worker left it."""
    calling.answered(RUN, run_id)
    work_run(run_id)
