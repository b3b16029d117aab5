"""Rule sets, fresh for every test."""

import pytest
from django.core.cache import cache

from tests.browsing import browser, page_of
from tests.validation.pages.rules.world import Rules, build_rules

__all__ = ["browser", "page_of"]


@pytest.fixture
def rules(db: None) -> Rules:
    cache.clear()
    return build_rules()
