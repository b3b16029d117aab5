"""Calling workers over the real broker: once until one has come; a broker that is away is told, not raised."""

import logging
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from kombu import Exchange, Queue

from aim.calling import answered, call
from aim.celery import app

QUEUE, TASK = "test-calling", "test.nobody"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing was called before, and nothing stays in the queue."""
    cache.clear()
    _purge()
    yield
    _purge()


def test_a_worker_is_called_once_until_it_has_answered() -> None:
    for _ in range(3):
        call(TASK, 7, queue=QUEUE, quiet_s=60)
    call(TASK, 8, queue=QUEUE, quiet_s=60)
    assert _purge() == 2
    answered(TASK, 7)
    call(TASK, 7, queue=QUEUE, quiet_s=60)
    assert _purge() == 1


def test_a_broker_that_is_away_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, settings: object
) -> None:
    monkeypatch.setattr(settings, "CACHES", {"default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0",
    }})  # fmt: skip
    with caplog.at_level(logging.WARNING, "aim.calling"):
        call(TASK, 7, queue=QUEUE, quiet_s=60)
        answered(TASK, 7)
    assert [record.name for record in caplog.records] == ["aim.calling"] * 2


def _purge() -> int:
    """How many messages waited in the queue."""
    with app.connection_for_write() as connection:
        queue = Queue(QUEUE, Exchange(QUEUE), routing_key=QUEUE)(connection.default_channel)
        queue.declare()
        return queue.purge() or 0
