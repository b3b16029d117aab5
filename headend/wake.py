"""Telling the workers that there is work. The message carries nothing: the job rows are the truth."""

import logging

from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from headend.models.job import Priority

log = logging.getLogger(__name__)

ON_DEMAND = "ondemand"
BULK = "bulk"
_QUIET_S = 5


def queue_of(priority: int) -> str:
    """The queue whose workers take items of this priority."""
    return ON_DEMAND if priority >= Priority.ON_DEMAND else BULK


def wake(priority: int) -> None:
    """Call a worker of the queue, at most once until one has come.

    A broker that is down loses nothing: the scheduler calls again as long as items wait.
    """
    from headend.tasks import work

    queue = queue_of(priority)
    try:
        if cache.add(_key(queue), 1, timeout=_QUIET_S):
            work.apply_async(args=(queue,), queue=queue, retry=False)
    except (OperationalError, RedisError) as error:
        log.warning("broker unreachable, the scheduler will call the workers again: %s", error)


def answered(queue: str) -> None:
    """A worker has come: the next `wake` shall be heard again."""
    try:
        cache.delete(_key(queue))
    except RedisError as error:
        log.warning("broker unreachable: %s", error)


def _key(queue: str) -> str:
    return f"headend:woken:{queue}"
