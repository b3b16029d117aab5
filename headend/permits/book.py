"""The rules of permits as plain computation; `script.lua` does the same in Valkey, for all workers at once.

A session needs a permit of every limited segment it goes through, all or none. It is refused where so many sessions
hold one already, or where the bucket of new connections, filled at so many per second, has none for it. What is not
on demand leaves a reserve of both, and stands back for `STAND_BACK_S` where an on-demand session was refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from headend.permits.limits import Limit
from headend.permits.segments import Segment

LEASE_S = 45.0
STAND_BACK_S = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A session that wants to begin, and the limited segments it goes through."""

    holder: int
    through: tuple[tuple[Segment, Limit], ...]


@dataclass(slots=True)
class Page:
    """What the book says of one segment: leases by holder, connections in the bucket when it was last filled."""

    held: dict[int, float] = field(default_factory=dict)
    bucket: float = float("inf")
    filled_at: float = float("-inf")
    stand_back_until: float = float("-inf")

    def bring_to(self, now: float, limit: Limit) -> None:
        """Drop leases that ended, and fill the bucket."""
        self.held = {holder: until for holder, until in self.held.items() if until > now}
        if limit.per_second is not None:
            since = max(0.0, now - self.filled_at) if self.bucket < limit.burst else 0.0
            self.bucket = min(float(limit.burst), self.bucket + since * limit.per_second)
            self.filled_at = now

    def has_room(self, now: float, limit: Limit, *, urgent: bool) -> bool:
        room = limit.room(urgent=urgent)
        if room is not None and len(self.held) >= room:
            return False
        if limit.per_second is not None and self.bucket < 1 + limit.spare(urgent=urgent):
            return False
        return urgent or self.stand_back_until <= now


class Book:
    """The permits one process knows of. Instants are seconds, of any clock."""

    def __init__(self) -> None:
        self._pages: dict[Segment, Page] = {}

    def acquire(self, batch: Sequence[Asked], now: float, *, urgent: bool) -> list[Segment | None]:
        """Take what is to be had, in the order asked; the segment that refused each, None for what was granted."""
        for segment, limit in {place for asked in batch for place in asked.through}:
            self._page(segment).bring_to(now, limit)
        return [self._acquire(asked, now, urgent) for asked in batch]

    def hold(self, holder: int, segments: Iterable[Segment], now: float) -> None:
        """Note, or prolong, a permit whoever granted it."""
        for segment in segments:
            self._page(segment).held[holder] = now + LEASE_S

    def release(self, held: Mapping[int, Iterable[Segment]]) -> None:
        """Let go of these segments, by holder."""
        for holder, segments in held.items():
            for segment in segments:
                self._page(segment).held.pop(holder, None)

    def _acquire(self, asked: Asked, now: float, urgent: bool) -> Segment | None:
        for segment, limit in asked.through:
            page = self._page(segment)
            if not page.has_room(now, limit, urgent=urgent):
                if urgent:
                    page.stand_back_until = now + STAND_BACK_S
                return segment
        self.hold(asked.holder, (segment for segment, _ in asked.through), now)
        for segment, limit in asked.through:
            if limit.per_second is not None:
                self._page(segment).bucket -= 1
        return None

    def _page(self, segment: Segment) -> Page:
        return self._pages.setdefault(segment, Page())
