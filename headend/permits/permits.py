"""Permits as a worker uses them: from Valkey while that answers, else from its own book."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from redis.exceptions import RedisError

from headend.permits.book import Asked, Book
from headend.permits.limits import FreshLimits, Limits, limit_of
from headend.permits.segments import Segment
from headend.permits.valkey import Server

log = logging.getLogger(__name__)

ASK_AGAIN_S = 2.0
"""A server that was away is asked again after so long; in between nobody waits for it."""
UNHEARD_WORKERS = 4
"""How many workers there are taken to be by one that has never reached the server."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session that wants to begin: who will hold its permits, and the segments it goes through."""

    holder: int
    segments: tuple[Segment, ...]


class Permits:
    """The permits of one worker. Its methods may be called from several threads, and never raise for Valkey.

    While Valkey is away the worker uses its share of every limit, by the number of workers last heard of: the work
    neither stops nor runs free. A server that was away, or came back without its memory, is told what is held before it
    is asked.
    """

    def __init__(
        self,
        worker: str,
        *,
        urgent: bool,
        server: Server | None = None,
        limits: Callable[[], Limits] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._worker = worker
        self._urgent = urgent
        self._server = server or Server()
        self._limits = limits or FreshLimits()
        self._clock = clock
        self._book = Book()
        self._held: dict[int, tuple[Segment, ...]] = {}
        self._workers = UNHEARD_WORKERS
        self._away_until = float("-inf")
        self._untold = False
        self._lock = threading.Lock()

    def acquire(self, wanted: Sequence[Wanted]) -> list[Segment | None]:
        """Permits for those that can have them; per session the segment that refused it, None for what may begin."""
        limits = _chosen(self._limits(), {segment for each in wanted for segment in each.segments})
        batch = [_asked(each, limits) for each in wanted]
        limited = [asked for asked in batch if asked.through]
        with self._lock:
            refused = dict(zip((asked.holder for asked in limited), self._acquire(limited), strict=True))
            for asked in limited:
                if refused[asked.holder] is None:
                    self._held[asked.holder] = tuple(segment for segment, _ in asked.through)
        return [refused.get(each.holder) for each in wanted]

    def renew(self) -> None:
        """Prolong everything held."""
        with self._lock:
            now = self._clock()
            for holder, segments in self._held.items():
                self._book.hold(holder, segments, now)
            if self._held:
                self._tell(lambda: self._server.renew(self._held, worker=self._worker))

    def release(self, holders: Iterable[int]) -> None:
        """Give back what these hold. Where Valkey does not hear it, the leases end by themselves."""
        with self._lock:
            gone = {holder: self._held.pop(holder) for holder in holders if holder in self._held}
            self._book.release(gone)
            if gone:
                self._tell(lambda: self._server.release(gone))

    def leave(self) -> None:
        """The worker ends and holds nothing any more."""
        self.release(list(self._held))
        with self._lock:
            self._tell(lambda: self._server.leave(self._worker))

    def _acquire(self, batch: Sequence[Asked]) -> Sequence[Segment | None]:
        if not batch:
            return ()
        refused = self._ask(batch)
        now = self._clock()
        if refused is None:
            return self._book.acquire([_share(asked, self._workers) for asked in batch], now, urgent=self._urgent)
        for asked, by in zip(batch, refused, strict=True):
            if by is None:
                self._book.hold(asked.holder, (segment for segment, _ in asked.through), now)
        return refused

    def _ask(self, batch: Sequence[Asked]) -> Sequence[Segment | None] | None:
        """What the server says; None while it is away."""
        if self._clock() < self._away_until:
            return None
        try:
            answer = None if self._untold else self._ask_server(batch)
            if answer is None:
                self._server.renew(self._held, worker=self._worker)
                self._untold = False
                answer = self._ask_server(batch)
        except RedisError as error:
            self._note_away(error)
            return None
        return answer

    def _ask_server(self, batch: Sequence[Asked]) -> Sequence[Segment | None] | None:
        answer = self._server.acquire(batch, worker=self._worker, holding=len(self._held), urgent=self._urgent)
        self._workers = answer.workers
        return answer.refused

    def _tell(self, say: Callable[[], None]) -> None:
        if self._clock() < self._away_until:
            return
        try:
            say()
        except RedisError as error:
            self._note_away(error)

    def _note_away(self, error: RedisError) -> None:
        self._away_until, self._untold = self._clock() + ASK_AGAIN_S, True
        log.warning("permits: Valkey does not answer, using a share of 1/%d of the limits: %s", self._workers, error)


def _chosen(limits: Limits, segments: Iterable[Segment]) -> Limits:
    """The limits that count for these segments; those without one are left out."""
    found = {segment: limit_of(limits, segment) for segment in segments}
    return {segment: limit for segment, limit in found.items() if limit is not None}


def _asked(wanted: Wanted, limits: Limits) -> Asked:
    return Asked(wanted.holder, tuple((each, limits[each]) for each in wanted.segments if each in limits))


def _share(asked: Asked, workers: int) -> Asked:
    return replace(asked, through=tuple((segment, limit.share(workers)) for segment, limit in asked.through))
