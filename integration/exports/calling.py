"""Telling the workers of files that an export waits. The message carries an id; the row is the truth."""

import logging

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from integration.imports.calling import QUEUE
from integration.models import FileExport

log = logging.getLogger(__name__)

_QUIET_S = 30


def call(export_id: int) -> None:
    """Call a worker for this export, at most once in `_QUIET_S` until one has come.

    A broker that is down loses nothing: the scheduler calls again as long as the export waits.
    """
    from integration.tasks import work_export

    try:
        if cache.add(_key(export_id), 1, timeout=_QUIET_S):
            work_export.apply_async(args=(export_id,), queue=QUEUE, retry=False)
    except (OperationalError, RedisError) as error:
        log.warning("broker unreachable, the scheduler will call the workers again: %s", error)


def answered(export_id: int) -> None:
    """A worker has come: the next call shall be heard again."""
    try:
        cache.delete(_key(export_id))
    except RedisError as error:
        log.warning("broker unreachable: %s", error)


def call_for_waiting_exports() -> int:
    """Call workers for exports that wait for one: never claimed, given back, or their worker died; how many wait."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    waiting = FileExport.objects.filter(free, state__in=FileExport.WORKING).values_list("pk", flat=True)
    for export_id in waiting:
        call(export_id)
    return len(waiting)


def _key(export_id: int) -> str:
    return f"integration:export-called:{export_id}"
