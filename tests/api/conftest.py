"""The scene, fresh for every test."""

import pytest
from django.core.cache import cache

from tests.api.scene import Scene, build


@pytest.fixture
def scene(db: None) -> Scene:
    cache.clear()
    return build()
