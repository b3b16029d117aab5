"""The scene: built once per module, as new for every test."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from tests.api.scene import Scene, build, undone


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), undone():
        yield build()


@pytest.fixture
def scene(world: Scene, db: None) -> Scene:
    cache.clear()
    return deepcopy(world)
