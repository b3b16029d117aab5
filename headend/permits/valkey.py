"""Permits in Valkey, where all workers meet. Everything here may raise RedisError."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp
from pathlib import Path
from typing import Any

import orjson
import redis
from django.conf import settings

from headend.permits.book import LEASE_S, STAND_BACK_S, Asked
from headend.permits.limits import Limit
from headend.permits.segments import Segment

PATIENCE_S = 0.5
"""A server that is silent for so long counts as away."""
FORGET_S = 3600
"""Segments nobody asked about for so long are forgotten, counters included."""
PACE_OVER_S = 10.0
"""Refusals per second are a mean over about so long."""
_PREFIX = "permits:"
_WORKERS, _REGISTER = f"{_PREFIX}workers", f"{_PREFIX}segments"
_SCRIPT = (Path(__file__).parent / "script.lua").read_text()

Held = Mapping[int, Iterable[Segment]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the server knew the worker, how many workers there are, and which segment refused each session.

    `refused` is None where the server did not know a worker that holds permits: it must `renew` them and ask again.
    """

    workers: int
    refused: Sequence[Segment | None] | None


@dataclass(frozen=True, slots=True)
class Use:
    """What is in use of one segment, and what has been granted and refused since it was first asked about."""

    segment: Segment
    sessions: int
    granted: int
    refused: int
    refused_per_s: float


class Server:
    """The connection to the Valkey at `url`, by default that of the settings; `now` stands in for its clock."""

    def __init__(self, url: str = "", now: float | None = None) -> None:
        self.url = url
        self.now = now

    @cached_property
    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(
            self.url or settings.REDIS_URL,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            decode_responses=True,
        )

    @cached_property
    def _script(self) -> Any:
        return self._client.register_script(_SCRIPT)

    def acquire(self, batch: Sequence[Asked], *, worker: str, holding: int, urgent: bool) -> Answer:
        """Take what is to be had for the whole batch, where every segment has one limit. One round trip."""
        limits = {segment: limit for each in batch for segment, limit in each.through}
        segments = list(limits)
        places = {segment: place for place, segment in enumerate(segments, 1)}
        sessions = [[each.holder, [places[segment] for segment, _ in each.through]] for each in batch]
        keys = [_WORKERS, _REGISTER, *(key for segment in segments for key in (_held(segment), _state(segment)))]
        said = {
            "worker": worker, "holding": holding, "urgent": urgent, "lease": LEASE_S, "stand_back": STAND_BACK_S,
            "forget": FORGET_S, "pace_over": PACE_OVER_S, "batch": sessions,
            "segments": [_said(segment, limit, urgent) for segment, limit in limits.items()],
        } | ({} if self.now is None else {"now": self.now})  # fmt: skip
        _, workers, *refused = self._script(keys=keys, args=[orjson.dumps(said)])
        if len(refused) < len(batch):
            return Answer(int(workers), None)
        by_place = [None, *segments]
        return Answer(int(workers), [by_place[place] for place in refused])

    def renew(self, held: Held, *, worker: str) -> None:
        """Prolong these permits, or say them again to a server that forgot them."""
        until = self._time() + LEASE_S
        by_segment: dict[Segment, dict[int, float]] = {}
        for holder, segments in held.items():
            for segment in segments:
                by_segment.setdefault(segment, {})[holder] = until
        pipe = self._client.pipeline(transaction=False)
        pipe.zadd(_WORKERS, {worker: until})
        for segment, leases in by_segment.items():
            pipe.zadd(_held(segment), {str(holder): end for holder, end in leases.items()})
            pipe.expire(_held(segment), FORGET_S)
        pipe.execute()

    def release(self, held: Held) -> None:
        """Give permits back before their leases end."""
        by_segment: dict[Segment, list[str]] = {}
        for holder, segments in held.items():
            for segment in segments:
                by_segment.setdefault(segment, []).append(str(holder))
        pipe = self._client.pipeline(transaction=False)
        for segment, holders in by_segment.items():
            pipe.zrem(_held(segment), *holders)
        pipe.execute()

    def leave(self, worker: str) -> None:
        """The worker ends: it needs no share of the limits any more."""
        self._client.zrem(_WORKERS, worker)

    def use(self) -> list[Use]:
        """Every segment that was asked about within `FORGET_S`. Two round trips."""
        now = self._time()
        segments = [_segment(str(name)) for name in self._client.zrange(_REGISTER, 0, -1)]
        pipe = self._client.pipeline(transaction=False)
        for segment in segments:
            pipe.zcount(_held(segment), f"({now}", "+inf")
            pipe.get(_state(segment))
        found = pipe.execute()
        return [
            _use(segment, count, state, now)
            for segment, count, state in zip(segments, found[::2], found[1::2], strict=True)
            if state
        ]

    def _time(self) -> float:
        if self.now is not None:
            return self.now
        seconds, micros = self._client.time()
        return float(seconds) + float(micros) / 1e6


def _said(segment: Segment, limit: Limit, urgent: bool) -> list[object]:
    """A segment as the script reads it; false, not null, which would be something in Lua."""
    room, rate = limit.room(urgent=urgent), limit.per_second
    return [str(segment), room or False, rate or False, limit.burst, limit.spare(urgent=urgent)]


def _use(segment: Segment, sessions: int, state: str, now: float) -> Use:
    """`state`: what the script keeps of a segment."""
    *_, pace, paced_at, granted, refused = map(float, state.split())
    fading = exp(min(0.0, paced_at - now) / PACE_OVER_S)
    return Use(segment, int(sessions), int(granted), int(refused), pace / PACE_OVER_S * fading)


def _segment(text: str) -> Segment:
    kind, _, name = text.partition(":")
    return Segment(kind, name)


def _held(segment: Segment) -> str:
    return f"{_PREFIX}held:{segment}"


def _state(segment: Segment) -> str:
    return f"{_PREFIX}state:{segment}"
