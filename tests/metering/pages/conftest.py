"""The world, fresh for every test."""

import pytest
from django.core.cache import cache

from tests.browsing import browser, page_of
from tests.metering.pages.world import World, build

__all__ = ["browser", "page_of"]


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return build()
