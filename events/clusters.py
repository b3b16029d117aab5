"""When so many devices of one area were down at once that it is an outage of the area: pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

JOINS = timedelta(minutes=10)
"""Devices that went down so long before enough were down belong to the outage: clocks differ, and feeders fail in
steps. One that was down for longer has a trouble of its own."""


@dataclass(frozen=True, slots=True)
class Down:
    """An outage of one device, `end` None while it lasts."""

    id: int
    device: int
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """An outage of an area: from the first of its devices until fewer than enough were down; None while it lasts."""

    start: datetime
    end: datetime | None
    members: tuple[Down, ...]
    most: int


@dataclass(slots=True)
class _Crowd:
    """Enough devices are down: since when, and how many at most."""

    since: datetime
    most: int
    until: datetime | None = field(default=None)


def clusters(downs: Sequence[Down], needed: int) -> list[Cluster]:
    """The stretches in which at least `needed` devices were down at once, by start, each with its devices.

    Stretches so near that the devices of the next went down within `JOINS` after the last are one: a recloser
    that tries, or power that comes back street by street.
    """
    crowds = _joined(list(_crowds(downs, needed)))
    found = []
    for crowd in crowds:
        members = tuple(down for down in downs if _belongs(down, crowd))
        start = min((down.start for down in members), default=crowd.since)
        found.append(Cluster(start, crowd.until, members, crowd.most))
    return found


def _crowds(downs: Sequence[Down], needed: int) -> Iterator[_Crowd]:
    """Stretches in which the number of devices that are down is at least `needed`."""
    changes = [(down.start, 1) for down in downs] + [(down.end, -1) for down in downs if down.end is not None]
    count, crowd = 0, None
    for at, step in sorted(changes):
        count += step
        if crowd is None and count >= needed:
            crowd = _Crowd(at, count)
        elif crowd is not None:
            crowd.most = max(crowd.most, count)
            if count < needed:
                crowd.until = at
                yield crowd
                crowd = None
    if crowd is not None:
        yield crowd


def _joined(crowds: Sequence[_Crowd]) -> list[_Crowd]:
    joined: list[_Crowd] = []
    for crowd in crowds:
        last = joined[-1] if joined else None
        if last is not None and last.until is not None and crowd.since - last.until <= JOINS:
            last.until, last.most = crowd.until, max(last.most, crowd.most)
        else:
            joined.append(crowd)
    return joined


def _belongs(down: Down, crowd: _Crowd) -> bool:
    """It went down no longer than `JOINS` before enough were down, and while they were."""
    begins = crowd.since - JOINS <= down.start and (crowd.until is None or down.start < crowd.until)
    return begins and (down.end is None or down.end > crowd.since)
