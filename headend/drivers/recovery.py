"""Keys that were sent to a device and may be in use there already: headend.md §4 row 7.

A key is stored as NEW before it is sent. When the line fails just then, nobody knows which key the device goes by, and
where two were sent it may have taken only one. So when the known keys are refused, every combination is tried, once in
a session, and what opens the device becomes the active key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

from protocols.errors import Cause

if TYPE_CHECKING:
    from headend.drivers.base import Reserve, Target

REFUSALS = frozenset(
    (Cause.WRONG_KEY, Cause.WRONG_AUTHENTICATION_KEY, Cause.AUTHENTICATION_FAILED, Cause.REJECTED_ASSOCIATION)
)
"""What devices answer to keys that are not theirs."""
_PROVEN = ("encryption", "authentication", "password")
"""Kinds an association proves. Of others nobody can know by associating which one the device has."""


@dataclass(frozen=True, slots=True)
class NewKeys:
    """The NEW keys of a device by kind. `reserve` gives counters of the new encryption key, which has its own;
    `activate` makes the NEW keys of these kinds the active ones, in the database."""

    keys: Mapping[str, bytes] = field(repr=False)
    reserve: Reserve = field(repr=False)
    activate: Callable[[Sequence[str]], Awaitable[None]] = field(repr=False)


def attempts(new: NewKeys) -> Iterator[tuple[str, ...]]:
    """The combinations of kinds to try the new keys of: all of them first, as a roll that went well leaves them."""
    kinds = [kind for kind in _PROVEN if kind in new.keys]
    for count in range(len(kinds), 0, -1):
        yield from combinations(kinds, count)


async def with_new_keys(target: Target, new: NewKeys, kinds: Sequence[str]) -> Target:
    """The device with the new keys of these kinds in place of the known ones, and counters no session has used."""
    keys = {**target.keys, **{kind: new.keys[kind] for kind in kinds}}
    reserve = new.reserve if "encryption" in kinds else target.reserve
    return replace(target, keys=keys, reserve=reserve, first_counter=await reserve(0))
