"""Telling the workers of files that there is work. The message carries an id; the row is the truth."""

import logging

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from integration.models import FileImport

log = logging.getLogger(__name__)

QUEUE = "files"
_QUIET_S = 30


def call(import_id: int) -> None:
    """Call a worker for this import, at most once in `_QUIET_S` until one has come.

    A broker that is down loses nothing: the scheduler calls again as long as the import waits.
    """
    from integration.tasks import work_import

    try:
        if cache.add(_key(import_id), 1, timeout=_QUIET_S):
            work_import.apply_async(args=(import_id,), queue=QUEUE, retry=False)
    except (OperationalError, RedisError) as error:
        log.warning("broker unreachable, the scheduler will call the workers again: %s", error)


def answered(import_id: int) -> None:
    """A worker has come: the next call shall be heard again."""
    try:
        cache.delete(_key(import_id))
    except RedisError as error:
        log.warning("broker unreachable: %s", error)


def call_for_waiting() -> int:
    """Call workers for imports that wait for one: never claimed, given back, or their worker died; how many wait."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    waiting = FileImport.objects.filter(free, state__in=FileImport.WORKING).values_list("pk", flat=True)
    for import_id in waiting:
        call(import_id)
    return len(waiting)


def _key(import_id: int) -> str:
    return f"integration:called:{import_id}"
