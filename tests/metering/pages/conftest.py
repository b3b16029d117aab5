"""The world, fresh for every test."""

import pytest
from django.core.cache import cache

from tests.metering.pages.world import World, build


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return build()
