"""The network in operation, fresh for every test, and a browser to look at it."""

from tests.browsing import browser, page_of
from tests.scene import scene

__all__ = ["browser", "page_of", "scene"]
