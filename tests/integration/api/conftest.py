"""The office of the import tests, and a program that uses the API in its name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access.models import User
from tests import factories as make
from tests.integration.imports.conftest import Office, files, office
from tests.integration.imports.tiny import document

__all__ = ["files", "office", "program"]

Post = Callable[..., Any]


def signed(user: User) -> Client:
    """A client that sends an API token of `user`."""
    return Client(headers={"Authorization": f"Bearer {make.make_token(user)}"})


@pytest.fixture
def program(office: Office) -> Client:
    return signed(office.user)


def give(client: Client, *lines: str, name: str = "march.tiny", **fields: Any) -> Any:
    """The answer to a file given to the API."""
    return client.post("/api/v1/imports/", {"file": SimpleUploadedFile(name, document(*lines)), **fields})
