"""Instants as texts of a zone, each instant once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.table.zones import Zone


def local_texts(at: NDArray[np.int64], zone: Zone) -> list[str]:
    """Instants (m,), seconds since 1970 UTC, as ISO 8601 with the offset of the zone: `2026-10-25T03:15:00+02:00`."""
    if not at.size:
        return []
    unique, where = np.unique(at, return_inverse=True)
    labels = zone.labels(unique)
    offsets, of = np.unique(labels - unique, return_inverse=True)
    endings = np.array([_offset_text(offset) for offset in offsets.tolist()])
    texts = np.char.add(np.datetime_as_string(labels.astype("datetime64[s]")), endings[of])
    found: list[str] = texts[where].tolist()
    return found


def _offset_text(seconds: int) -> str:
    if not seconds:
        return "Z"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}"
