"""The office of the import tests, and its people in a browser."""

import pytest
from django.test import Client

from tests.browsing import browser, page_of
from tests.integration.imports.conftest import Office, files, office, registry
from tests.scene import signed_in

__all__ = ["browser", "files", "office", "page_of", "registry"]


@pytest.fixture
def mikko(office: Office) -> Client:
    """The operator who gave the files, signed in."""
    return signed_in(office.user)
