"""A row is worked by one worker at a time: it holds a lease and renews it with every part it has done.

Who lost the row in between, because its lease ended or a person cancelled it, finds no row to renew and drops the part:
nothing is done twice.
"""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from aim.celery import stopping
from integration.models import FileWork
from integration.work.states import Ways

Row = TypeVar("Row", bound=FileWork)


class NotHeldError(Exception):
    """The row was cancelled or is held by another worker: this one stops."""


class ToldToStopError(Exception):
    """The worker is asked to end: it gives the row back."""


class WorkFailedError(Exception):
    """Why the work cannot go on, and what to do, in words for the person who started it."""


@dataclass(slots=True)
class Held(Generic[Row]):
    """A row this worker holds."""

    row: Row
    owner: str

    LEASE: ClassVar[timedelta]
    WAYS: ClassVar[Ways]

    def renew(self, **changes: Any) -> None:
        """Note progress and renew the lease; NotHeldError, so that the caller rolls back, when it is no longer ours."""
        changes |= {"lease_until": timezone.now() + self.LEASE}
        if not self._mine().filter(state=self.row.state).update(**changes):
            raise NotHeldError
        for name, value in changes.items():
            setattr(self.row, name, value)

    def stop_if_told(self) -> None:
        """ToldToStopError when the worker process is asked to end; between two parts."""
        if stopping():
            raise ToldToStopError

    def end(self, to: str, **changes: Any) -> None:
        """The work is done: go over to state `to`. StateChangedError when the row is no longer ours."""
        self.WAYS.move(self.row, to, owner=self.owner, **changes)

    def fail(self, cause: str, **changes: Any) -> None:
        """The work cannot go on, for this cause, unless a person has it tried again."""
        self.end(self.row.FAILED, cause=cause[:300], **changes)

    def give_back(self) -> None:
        """Let another worker take it at once, as if this one had not tried."""
        self._mine().update(lease_owner="", lease_until=None, attempts=0)

    def _mine(self) -> QuerySet[Row]:
        return type(self.row)._default_manager.filter(pk=self.row.pk, lease_owner=self.owner)


def unheld() -> Q:
    """Rows no worker holds: never claimed, given back, or their worker died."""
    return Q(lease_until=None) | Q(lease_until__lt=timezone.now())


def lease(rows: QuerySet[Row], length: timedelta, **changes: Any) -> str | None:
    """Take the row among `rows` if no worker holds it; the name of its new owner, None when it is not to be had."""
    owner, until = _this_worker(), timezone.now() + length
    taken = rows.filter(unheld()).update(lease_owner=owner, lease_until=until, attempts=F("attempts") + 1, **changes)
    return owner if taken else None


def _this_worker() -> str:
    """A name for this thread of this process, told apart from all others."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident()}"
