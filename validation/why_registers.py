"""The readings around an exception of register values, with what was used between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from aim.web.tones import State
from metering import store
from metering.display import number, quality_state, shown_exponent
from metering.intervals import to_instant, to_seconds
from metering.store import NO_VALUE
from validation.models import Finding

BEFORE, AFTER = 8, 3
BACK, AHEAD = timedelta(days=420), timedelta(days=100)
"""Where the neighbours are looked for: a year of monthly readings, and a bit."""


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One reading: what the register showed, the difference to the one before, and whether it is the one in doubt."""

    at: datetime
    value: str
    difference: str
    quality: State
    failing: bool
    versions_key: str


def register_lines(finding: Finding) -> list[RegisterLine]:
    """The readings up to `BEFORE` before and `AFTER` after the one in doubt, by time. One read."""
    stored = store.read_registers([finding.series_id], finding.first_at - BACK, finding.first_at + AHEAD)
    at, values, exponent = stored.at.astype(np.int64), stored.values, shown_exponent(finding.series)
    own = int(np.searchsorted(at, to_seconds(finding.first_at)))
    lines = []
    for row in range(max(own - BEFORE, 0), min(own + AFTER + 1, len(at))):
        known = row > 0 and NO_VALUE not in (values[row - 1], values[row])
        difference = int(values[row] - values[row - 1]) if known else NO_VALUE
        start = to_instant(int(at[row]))
        lines.append(
            RegisterLine(
                start, number(int(values[row]), exponent), number(difference, exponent),
                quality_state(int(stored.quality[row])), start == finding.first_at, f"{start:%Y-%m-%dT%H:%M:%SZ}",
            )
        )  # fmt: skip
    return lines
