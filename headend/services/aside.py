"""A duty that may take long, done beside the others."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, connections

log = logging.getLogger(__name__)


@dataclass
class Aside:
    """Calling it starts `act` in a thread of its own and returns at once; nothing is started while it still runs.

    The thread does not keep the process alive: `act` must be one that may be cut off anywhere.
    """

    act: Callable[[], object]
    _thread: threading.Thread | None = field(default=None, init=False)

    def __call__(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=str(self), daemon=True)
            self._thread.start()

    def __str__(self) -> str:
        return getattr(self.act, "__name__", type(self.act).__name__)

    def wait(self, timeout_s: float) -> bool:
        """Wait for what runs; whether it has ended by then."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.act()
        except (OperationalError, InterfaceError) as error:
            log.warning("duty %s: the database is away, trying again: %s", self, error)
        except Exception:
            log.exception("duty %s failed", self)
        finally:
            connections.close_all()
