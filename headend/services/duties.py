"""What the scheduler does every so often. Upper floors register their own duties; the head-end never imports upward."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

log = logging.getLogger(__name__)

AGAIN = timedelta(seconds=5)
"""A duty that failed is done again after so long, where it is not due sooner."""


@dataclass
class Duty:
    """Something the tick does every so often."""

    act: Callable[[], object]
    every: timedelta
    due_at: datetime = field(default_factory=timezone.now)

    def do_if_due(self, now: datetime) -> None:
        """Do it; what fails is logged, keeps no other duty from being done, and is done again after `AGAIN`."""
        if now < self.due_at:
            return
        self.due_at = now + self.every
        name = getattr(self.act, "__name__", str(self.act))
        try:
            self.act()
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("duty %s: the database is away, trying again: %s", name, error)
            connection.close()
        except Exception:
            log.exception("duty %s failed", name)
        self.due_at = now + min(self.every, AGAIN)


_further: dict[Callable[[], object], timedelta] = {}


def register_duty(act: Callable[[], object], every: timedelta) -> None:
    """Have the scheduler call `act`, which claims what it works on or is idempotent; once per `AppConfig.ready`."""
    _further[act] = every


def further_duties() -> list[Duty]:
    """Fresh duties for one ticker."""
    return [Duty(act, every) for act, every in _further.items()]
