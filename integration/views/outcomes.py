"""What became, or would become, of the things a file brings: counts with their words and tones."""

from __future__ import annotations

from dataclasses import dataclass

from aim.web.svg import Segment, segments
from integration.imports.contents import content_of
from integration.imports.states import State
from integration.imports.tally import Tally
from integration.models import FileImport

_PREVIEW: dict[str, str] = {State.CANCELLED: "It would have stored"}
"""Over counts of a check, where nothing will come of them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of `things` ("values") under a heading, which names how many of them it is true of."""

    title: str
    count: int
    things: str
    parts: tuple[Segment, ...]

    @property
    def counted(self) -> str:
        """`value` where it is one, else `values`."""
        return self.things.removesuffix("s") if self.count == 1 else self.things

    @property
    def laid(self) -> list[Segment]:
        """The parts side by side in a bar."""
        return segments(self.parts, sum(part.count for part in self.parts))


def outcomes(row: FileImport) -> list[Outcome]:
    """What storing would do, what it did, what undoing took back: the latest that is known."""
    if row.taken_back:
        return [_taken_back(row)]
    if row.stored:
        return [_counted("Stored", row, Tally.of_json(row.stored))]
    if row.expected:
        return [_counted(_PREVIEW.get(row.state, "If you store it"), row, Tally.of_json(row.expected))]
    return []


def _counted(title: str, row: FileImport, tally: Tally) -> Outcome:
    new, changed = Segment(tally.new, "new", "ok"), Segment(tally.changed, "changed", "info")
    return Outcome(
        title,
        tally.good,
        content_of(row).counted,
        (new, changed, Segment(tally.unchanged, "unchanged", "muted"), Segment(tally.refused, "not taken", "bad")),
    )


def _taken_back(row: FileImport) -> Outcome:
    """How much undoing took back, and how much of what was stored stays because others changed it since."""
    stored, back = Tally.of_json(row.stored), Tally.of_json(row.taken_back)
    taken = back.new + back.changed
    kept = max(0, stored.new + stored.changed - taken) if row.state == State.UNDONE else 0
    parts = (Segment(taken, "taken back", "ok"), Segment(kept, "changed by others since, kept", "warn"))
    return Outcome("Undone", taken, content_of(row).counted, parts)
