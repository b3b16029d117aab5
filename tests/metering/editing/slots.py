"""Slots for tests that need no database."""

from collections.abc import Sequence

import numpy as np

from metering.quality import Quality
from metering.services.editing.slots import Slots
from metering.store import NO_VALUE

START = 1_780_272_000  # 2026-06-01T00:00:00Z


def slots(values: Sequence[int | None], quality: Sequence[int] | None = None, *, start: int = START) -> Slots:
    """Quarter hours from `start` on; None is a slot without a value."""
    stored = np.array([NO_VALUE if value is None else value for value in values], np.int64)
    codes = np.zeros(len(stored), np.uint8) if quality is None else np.array(quality, np.uint8)
    codes = np.where((stored == NO_VALUE) & (codes == 0), np.uint8(Quality.MISSING), codes).astype(np.uint8)
    at = start + np.arange(len(stored), dtype=np.int64) * 900
    return Slots(7, at, stored, codes, np.zeros(len(stored), np.uint32), 900)
