"""The end of one session."""

from dataclasses import dataclass

from headend.knowledge import Knowledge
from headend.models import JobItem
from headend.plan import Readings, Trace


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """An item, what its session read and how it went. `known` is None when nothing could even be planned."""

    item: JobItem
    known: Knowledge | None
    readings: Readings
    trace: Trace

    @property
    def ok(self) -> bool:
        return not self.trace.cause
