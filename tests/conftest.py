"""Every test process holds the embedded servers and claims a database and a Valkey number of its own."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from aim import database, embedded, places
from aim.celery import app
from tests import databases, slots, undoing

SLOT = slots.claim()


def _redis_url() -> str:
    if places.REDIS_URL:
        return places.REDIS_URL
    return f"{embedded.redis_url()}?db={SLOT.number}"


def pytest_configure(config: pytest.Config) -> None:
    """Point this process and the programs tests start to the slot; pytest-django has read the settings already.

    Not so the process that only hands tests out: what it set, its workers would take for servers somebody gave.
    """
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    os.environ["REDIS_URL"] = settings.REDIS_URL = settings.CACHES["default"]["LOCATION"] = _redis_url()
    settings.CELERY_BROKER_URL = database.broker_url(settings.REDIS_URL)
    app.conf.update(broker_url=settings.CELERY_BROKER_URL)
    os.environ["DATABASE_URL"] = databases.url(SLOT.database)
    os.environ["OPENAIM_STATIC"] = "plain"
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def services() -> Iterator[None]:
    """PostgreSQL and Valkey run while any test does."""
    with embedded.hold():
        yield


@pytest.fixture(scope="session")
def django_db_setup(services: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A fresh database per test process, copied from the migrated template; tests that commit leave it as it was."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        databases.copy_template(SLOT.database)
        undoing.remember()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: undoing.undo())
        yield
    with django_db_blocker.unblock():
        databases.drop(SLOT.database)
