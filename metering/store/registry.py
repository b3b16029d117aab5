"""Who wants to know that values were stored. Upper floors register here; the store never imports upward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality
from metering.store.batch import Batch
from metering.store.outcome import Origin


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What one write made different: `batch` holds the blocks as they are now stored, in key order;
    `slots` bool (n, slots) marks the values that are new or changed, `withdrawn` those of them that are no more."""

    batch: Batch
    slots: NDArray[np.bool_]
    origin: Origin

    @property
    def withdrawn(self) -> NDArray[np.bool_]:
        """bool (n, slots): values that were taken back, so that nothing stands there now."""
        if self.batch.quality is None:
            return np.zeros(self.slots.shape, np.bool_)
        withdrawn: NDArray[np.bool_] = self.slots & (self.batch.quality == Quality.WITHDRAWN)
        return withdrawn


Handler = Callable[[Stored], None]


class Registry:
    """Handlers called, in order of registration, in the transaction of the write. An exception undoes the write."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def register(self, handler: Handler) -> Handler:
        """Add a handler (once); usable as a decorator."""
        if handler not in self._handlers:
            self._handlers.append(handler)
        return handler

    def unregister(self, handler: Handler) -> None:
        """Remove a handler; ValueError when it is not registered."""
        self._handlers.remove(handler)

    def announce(self, stored: Stored) -> None:
        """Call every handler. The store does this; nobody else."""
        for handler in self._handlers:
            handler(stored)


on_stored = Registry()
