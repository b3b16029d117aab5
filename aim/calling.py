"""Calling the workers. A message says that there is work; the rows in the database say which, and are the truth."""

import logging

from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def call(task: str, about: int | str, *, queue: str, quiet_s: int) -> None:
    """Have a worker of `queue` run `task` with `about`, at most once in `quiet_s` seconds until one has `answered`.

    A broker that is down loses nothing as long as whoever found the work calls again: the scheduler does.
    """
    try:
        if cache.add(_key(task, about), 1, timeout=quiet_s):
            current_app.send_task(task, args=(about,), queue=queue, retry=False)
    except (OperationalError, RedisError) as error:
        log.warning("broker unreachable, the scheduler will call the workers again: %s", error)


def answered(task: str, about: int | str) -> None:
    """A worker has come: the next call shall be heard again."""
    try:
        cache.delete(_key(task, about))
    except RedisError as error:
        log.warning("broker unreachable: %s", error)


def _key(task: str, about: int | str) -> str:
    return f"called:{task}:{about}"
