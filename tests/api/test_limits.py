"""Limits per user and per address: they count, nobody gets around them, and they let through while they cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from aim.rest.throttles import PerAddress
from tests.api.scene import Scene

POINTS = "/api/v1/metering-points/"


@pytest.fixture
def two_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerAddress, "rate", "2/min", raising=False)


@pytest.fixture
def no_cache(scene: Scene, settings: Settings, tmp_path: Path) -> Iterator[None]:
    away = settings.CACHES["default"] | {"LOCATION": f"unix://{tmp_path}/nobody.sock"}
    settings.CACHES = {"default": away}
    yield
    del caches["default"]


@pytest.mark.usefixtures("two_a_minute")
def test_an_address_cannot_be_changed_to_get_around_the_limit(scene: Scene) -> None:
    answers = [Client().get("/api/schema/", headers={"x-forwarded-for": f"192.0.2.{n}"}).status_code for n in range(3)]
    assert answers == [200, 200, 429]


@pytest.mark.usefixtures("no_cache")
def test_requests_go_through_while_the_cache_is_away(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    assert scene.client(scene.everyone).get(POINTS).status_code == 200
    assert "the cache is away" in caplog.text
