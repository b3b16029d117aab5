"""The queue, fresh for every test."""

import pytest
from django.core.cache import cache

from tests.browsing import browser, page_of
from tests.validation.findings import Queue, build_queue

__all__ = ["browser", "page_of"]


@pytest.fixture
def queue(db: None) -> Queue:
    cache.clear()
    return build_queue()
