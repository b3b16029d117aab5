"""The end of one session, and what is to be said of what it read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from headend.knowledge import Knowledge
from headend.models import JobItem
from headend.plan import Readings, Trace


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person must be told of `count` rows or values of an item; `refused` where they were not stored."""

    item_id: int
    count: int
    words: str
    refused: bool = True

    def __str__(self) -> str:
        return f"{self.words}: {self.count}"


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """An item, what its session read and how it went. `known` is None when nothing could even be planned.

    `remarks` are what storing adds.
    """

    item: JobItem
    known: Knowledge | None
    readings: Readings
    trace: Trace
    remarks: tuple[Remark, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.trace.cause

    @property
    def refused(self) -> int:
        """How many rows and values were read and not stored."""
        return sum(remark.count for remark in self.remarks if remark.refused)

    @property
    def detail(self) -> str:
        """Why the session ended as it did and what is to be said of its readings, in words."""
        return "; ".join([*filter(None, [self.trace.detail]), *map(str, self.remarks)])


def known_of(outcome: Outcome) -> Knowledge:
    """What is known of the device; only what was planned with it was read."""
    assert outcome.known is not None, f"item {outcome.item.pk} was read without being planned"
    return outcome.known


def with_remarks(outcomes: Sequence[Outcome], remarks: Sequence[Remark]) -> list[Outcome]:
    """The outcomes with the remarks on their items, those of the same words made one."""
    if not remarks:
        return list(outcomes)
    counts: dict[Remark, int] = {}
    for remark in remarks:
        kind = replace(remark, count=0)
        counts[kind] = counts.get(kind, 0) + remark.count
    return [replace(each, remarks=(*each.remarks, *_on(each.item.pk, counts))) for each in outcomes]


def _on(item_id: int, counts: dict[Remark, int]) -> list[Remark]:
    return [replace(kind, count=count) for kind, count in counts.items() if kind.item_id == item_id]
