"""Sessions that want to begin, and servers to ask."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings

from headend.permits.book import Asked
from headend.permits.limits import Limit
from headend.permits.segments import Segment
from headend.permits.valkey import Server

CELL, APN = Segment("cell", "A1"), Segment("apn", "meters")
NOBODY = "redis://127.0.0.1:1/0"


def asked(*holders: int, cell: Limit | None = None, apn: Limit | None = None) -> list[Asked]:
    """One session per holder through the places whose limits are given."""
    through = tuple((segment, limit) for segment, limit in ((CELL, cell), (APN, apn)) if limit)
    return [Asked(holder, through) for holder in holders]


def begun(answers: list[Segment | None]) -> int:
    """How many may begin."""
    return answers.count(None)


@contextmanager
def fresh_server(now: float | None = 1_000_000.0) -> Iterator[Server]:
    """The server of the tests, which knows nothing of permits."""
    forget()
    yield Server(now=now)
    forget()


def forget() -> None:
    """As if the server had been started anew."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter("permits:*"):
            client.delete(key)
