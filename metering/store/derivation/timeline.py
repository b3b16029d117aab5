"""A register over time: pieces in which it counts on and its multiplier stays.

Pieces tile all time. A multiplier that begins and a stand at a boundary end one piece and begin the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

ALWAYS = (-1, 1 << 33)
"""Before and after every instant the store knows, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happens to a register at an instant: its multiplier becomes `ratio`, or it shows a boundary stand.

    `final`/`initial`: whether such a stand is recorded; `stand` is what it was in the unit of the measured property,
    None where nobody noted it.
    """

    at: int
    ratio: Fraction | None = None
    final: bool = False
    initial: bool = False
    stand: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """From `start` to `end`, seconds since 1970, the register counts if `active`, and what it counts times `ratio`.

    `opening` and `closing` are the recorded stands at its ends in the unit of the measured property.
    """

    start: int
    end: int
    ratio: Fraction
    active: bool
    opening: Fraction | None = None
    closing: Fraction | None = None


FOREVER = (Piece(*ALWAYS, Fraction(1), True),)
"""A register of which nothing is recorded."""


def pieces(marks: Iterable[Mark]) -> Sequence[Piece]:
    """The pieces of one register in order of time, given all its marks in any order.

    A multiplier that is given anew and stays what it was begins no piece.
    """
    by_instant: dict[int, list[Mark]] = {}
    for mark in marks:
        by_instant.setdefault(mark.at, []).append(mark)
    found: list[Piece] = []
    ratio, opening, active = Fraction(1), None, _counts_before(by_instant)
    for start, end in pairwise([ALWAYS[0], *sorted(by_instant), ALWAYS[1]]):
        here, there = by_instant.get(start, []), by_instant.get(end, [])
        former, ratio = ratio, next((mark.ratio for mark in here if mark.ratio is not None), ratio)
        active = _counts_after(here, active)
        opening = next((mark.stand for mark in here if mark.initial), None)
        closing = next((mark.stand for mark in there if mark.final), None)
        if found and ratio == former and not any(mark.final or mark.initial for mark in here):
            found[-1] = replace(found[-1], end=end, closing=closing)
        else:
            found.append(Piece(start, end, ratio, active, opening, closing))
    return found


def _counts_before(by_instant: dict[int, list[Mark]]) -> bool:
    """Whether the register counts before its first boundary: not if it begins there. One that ends there too did."""
    for _at, marks in sorted(by_instant.items()):
        if any(mark.final or mark.initial for mark in marks):
            return any(mark.final for mark in marks)
    return True


def _counts_after(marks: list[Mark], before: bool) -> bool:
    if any(mark.initial for mark in marks):
        return True
    return before and not any(mark.final for mark in marks)
