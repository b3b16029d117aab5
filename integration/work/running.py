"""Whatever comes of the work on a row, it ends in a state or is free for another worker."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError

from aim.action import bind
from integration.work.holding import Held, NotHeldError, Row, ToldToStopError, WorkFailedError
from integration.work.states import StateChangedError

log = logging.getLogger(__name__)


def run(held: Held[Row], work: Callable[[], None], *, told: tuple[type[Exception], ...] = ()) -> Row:
    """Do `work` under the action of the row; the row as it then is.

    `WorkFailedError` and the errors `told` have words for the person who started it. When the database is away nothing
    can be noted: OperationalError or InterfaceError, the lease ends by itself and the scheduler calls again.
    """
    with_words: tuple[type[Exception], ...] = (WorkFailedError, *told)
    row = held.row
    name = f"{row._meta.verbose_name} {row.pk}"
    with bind(row.action):
        try:
            work()
        except (NotHeldError, StateChangedError):
            log.info("%s was cancelled or taken over", name)
        except ToldToStopError:
            held.give_back()
        except (OperationalError, InterfaceError) as error:
            log.warning("%s waits, the database is away: %s", name, error)
            raise
        except with_words as error:
            _fail(held, str(error), name)
        except Exception:
            log.exception("%s failed", name)
            _fail(held, f"Something went wrong here. Try again; if it fails again, report action {row.action}.", name)
    return row


def _fail(held: Held[Row], cause: str, name: str) -> None:
    try:
        held.fail(cause)
    except StateChangedError:
        log.info("%s was cancelled before its failure could be noted", name)
