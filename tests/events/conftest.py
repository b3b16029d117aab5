"""The network in operation, fresh for every test."""

from tests.browsing import browser, page_of
from tests.scene import scene

__all__ = ["browser", "page_of", "scene"]
