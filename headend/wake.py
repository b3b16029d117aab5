"""Telling the workers that there is work. The message carries nothing but the queue: the job rows are the truth."""

from aim import calling
from headend.models.job import Priority

TASK = "headend.work"
ON_DEMAND = "ondemand"
BULK = "bulk"
_QUIET_S = 5


def queue_of(priority: int) -> str:
    """The queue whose workers take items of this priority."""
    return ON_DEMAND if priority >= Priority.ON_DEMAND else BULK


def wake(priority: int) -> None:
    """Call a worker of the queue, at most once until one has come. The scheduler calls again as long as items wait."""
    queue = queue_of(priority)
    calling.call(TASK, queue, queue=queue, quiet_s=_QUIET_S)


def answered(queue: str) -> None:
    """A worker has come: the next `wake` shall be heard again."""
    calling.answered(TASK, queue)
