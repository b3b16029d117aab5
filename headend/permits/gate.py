"""Between claiming and speaking: items whose segments have room go on, the others wait."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import Error

from headend.models import SegmentLimit
from headend.permits.permits import Permits, Wanted
from headend.permits.segments import Segment, named, segments_of
from headend.permits.waiting import MOMENT_S, wait_for_segment
from headend.services.claims import Claim, claim

KINDS = tuple(str(kind) for kind in SegmentLimit.Kind)


@dataclass
class Gate:
    """What one worker claims, and which segments it has just found full.

    Those are passed over for a moment, so that many items of a full segment neither hold up the items of others nor
    are claimed and given back all the time. A permit given back opens its segments at once. One thread may claim while
    another releases.
    """

    permits: Permits
    clock: Callable[[], float] = time.monotonic
    _full_until: dict[Segment, float] = field(default_factory=dict, init=False)
    _through: dict[int, tuple[Segment, ...]] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def claim(self, *, queue: str, owner: str, limit: int) -> tuple[list[Claim], int]:
        """The claimed items that have their permits, and how many were claimed in all."""
        claims = claim(queue=queue, owner=owner, limit=limit, full=self._full())
        places = {each.item.pk: segments_of(each.item.device) for each in claims}
        refused = self.permits.acquire([Wanted(pk, segments) for pk, segments in places.items()])
        granted = [each for each, by in zip(claims, refused, strict=True) if by is None]
        waiting = [each for each, by in zip(claims, refused, strict=True) if by is not None]
        self._note({each.item.pk: places[each.item.pk] for each in granted}, filter(None, refused))
        if waiting:
            self._let_wait(waiting, owner, granted)
        return granted, len(claims)

    def release(self, holders: Iterable[int]) -> None:
        """Their sessions ended."""
        gone = list(holders)
        with self._lock:
            for holder in gone:
                for segment in self._through.pop(holder, ()):
                    self._full_until.pop(segment, None)
        self.permits.release(gone)

    def _let_wait(self, waiting: Sequence[Claim], owner: str, granted: Sequence[Claim]) -> None:
        """Give the others back; where even that fails nothing of the batch begins, so its permits go back too."""
        try:
            wait_for_segment(waiting, owner=owner)
        except Error:
            self.release([each.item.pk for each in granted])
            raise

    def _note(self, granted: Mapping[int, tuple[Segment, ...]], full: Iterable[Segment]) -> None:
        until = self.clock() + MOMENT_S
        with self._lock:
            self._through |= granted
            self._full_until |= dict.fromkeys(full, until)

    def _full(self) -> Mapping[str, Sequence[str]]:
        now = self.clock()
        with self._lock:
            self._full_until = {segment: until for segment, until in self._full_until.items() if until > now}
            return {kind: named(kind, self._full_until) for kind in KINDS} if self._full_until else {}
