"""People with and without rights, and the urlconf of `tests/web/urls.py`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from guardian.shortcuts import assign_perm

from access.models import User, Utility
from aim.web import navigation, scope, search
from tests.browsing import browser, page_of

__all__ = ["browser", "page_of"]
MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """The test site, with its one template folder."""
    settings.ROOT_URLCONF = "tests.web.urls"
    first = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty registries: what the apps registered has no address in the test site."""
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(search, "_providers", {})
    monkeypatch.setattr(scope, "_providers", [])


@pytest.fixture
def make_user(db: None) -> MakeUser:
    """`make_user("anna", "access.view_user", utility=…)`: a user with these permissions on this utility."""

    def make(name: str, *permissions: str, utility: Utility | None = None, **fields: Any) -> User:
        user = User.objects.create_user(name, password="correct horse battery", **fields)
        for text in permissions:
            label, codename = text.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
        if utility is not None:
            assign_perm("access.access_utility", user, utility)
        return user

    return make


@pytest.fixture
def operator(make_user: MakeUser) -> User:
    return make_user("operator", "access.view_user", "access.change_user", first_name="Olli", last_name="Operator")


@pytest.fixture
def signed_in(operator: User) -> Client:
    """A client signed in as the operator."""
    client = Client()
    client.force_login(operator)
    return client
