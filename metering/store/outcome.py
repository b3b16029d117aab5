"""Who writes and why, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Origin:
    """Who, through what and why a write happens; kept once per write and shown with every version of a value."""

    job_id: int | None = None
    user_id: int | None = None
    rule: str = ""
    message: str = ""
    action_id: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`values` given for one series and day (since 1970) that were not stored, and why in plain words."""

    series_id: int
    day: int
    values: int
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Values by what became of them; `refusals` explains the refused ones, one entry per block and reason.

    `entries`: the write's rows in the ledger (one, or none where nothing changed); `undo` takes them.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = field(default=(), repr=False)
    entries: tuple[int, ...] = field(default=(), repr=False, compare=False)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
            self.refusals + other.refusals,
            self.entries + tuple(entry for entry in other.entries if entry not in self.entries),
        )

    @classmethod
    def of_refusals(cls, refusals: tuple[Refusal, ...]) -> Counts:
        """Counts of refused values only."""
        return cls(refused=sum(refusal.values for refusal in refusals), refusals=refusals)
