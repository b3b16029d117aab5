"""Celery entry points: a message says that there is work, nothing more."""

from celery import shared_task

from headend.wake import TASK, answered
from headend.worker import work_off


@shared_task(name=TASK)
def work(queue: str) -> int:
    """Work off the waiting items of a queue."""
    answered(queue)
    return work_off(queue)
