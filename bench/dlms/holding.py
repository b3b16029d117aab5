"""Memory of one process that holds 2,000 associated sessions, meters in another process."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bench.report import Figure
from bench.rounds import process

OPEN_AT_ONCE = 2_000
GOAL_MB = 300


def figures(count: int = OPEN_AT_ONCE) -> Iterator[Figure]:
    """Resident memory of the process with all sessions open, and what one of them takes."""
    with (
        process(["-m", "bench.dlms.meter"], "") as port,
        process(["-m", "bench.dlms.held", port, str(count)], "{") as line,
    ):
        found = json.loads(line)
    yield Figure("sessions open at once", found["sessions"], "sessions")
    yield Figure("resident memory with them", found["after"] / 2**20, "MB", GOAL_MB, "at_most")
    yield Figure("resident memory per session", (found["after"] - found["before"]) / found["sessions"] / 1024, "kB")
