"""One session without a job around it, and the octets it puts on the line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench import bare
from headend import transport
from headend.knowledge import Knowledge
from headend.models import Job, JobItem
from headend.plan import Plan
from headend.services.claims import Claim
from headend.sessions import run_session
from headend.storing import Outcome

ROWS = 96
_FIRST_COUNTER = 100_000

counters = iter(range(_FIRST_COUNTER, 1 << 31, 4096))
"""First invocation counters of sessions, each above all before it."""


async def recorded(known: Knowledge, plan: Plan) -> list[tuple[int, int]]:
    """The script of one session: octets of every request and its reply (`bench.bare`)."""
    octets: list[tuple[int, int]] = []

    class Recording(transport.Line):
        def _advance(self, received: bytes | None) -> None:
            before = self.sent
            super()._advance(received)
            if received and octets:
                octets[-1] = (octets[-1][0], octets[-1][1] + len(received))
            if self.sent > before:
                octets.append((self.sent - before, 0))

    plain, transport.Line = transport.Line, Recording  # type: ignore[misc]
    try:
        demand_whole(await run_session(claim_for(known), known, plan))
    finally:
        transport.Line = plain  # type: ignore[misc]
    return bare.script_of(octets)


def claim_for(known: Knowledge) -> Claim:
    """As if an item of a job that lasts an hour had been claimed."""
    job = Job(expires_at=datetime.now(UTC) + timedelta(hours=1))
    return Claim(JobItem(job=job, device=known.device), next(counters))


def demand_whole(outcome: Outcome) -> None:
    """A benchmark of sessions that failed would measure nothing: RuntimeError unless a day of rows came home."""
    if not outcome.ok or sum(rows.at.size for rows in outcome.readings.profiles) != ROWS:
        raise RuntimeError(f"the session went wrong: {outcome.trace}")
