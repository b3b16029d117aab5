"""A thread of its own with a connection of its own for one stage of the work, and patience with the database."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connections

log = logging.getLogger(__name__)

T = TypeVar("T")

AWAY = (OperationalError, InterfaceError)
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 15.0


class Stage:
    """Does one piece of work at a time, in order. `ended` says whether the process is to end."""

    def __init__(self, name: str, ended: Callable[[], bool]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._ended = ended

    async def do(self, what: str, work: Callable[[], T]) -> T | None:
        """The result; the same again while the database is away, but not for ever where the process is to end.

        None where it was given up: an error that trying again would bring again is logged.
        """
        loop, wait_s = asyncio.get_running_loop(), _FIRST_WAIT_S
        while True:
            try:
                return await loop.run_in_executor(self._thread, _connected, work)
            except AWAY as error:
                log.warning("database away, %s wait %s s: %s", what, wait_s, error)
                if self._ended():
                    return None
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            except Exception:
                log.exception("%s are given up", what)
                return None

    async def close(self) -> None:
        """Close its connections, end its thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=False)


def _connected(work: Callable[[], T]) -> T:
    close_old_connections()
    return work()
