"""A utility with one metering point, and a small format whose files arrive in portions of four lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from access.models import User, Utility
from access.roles import METERING_OPERATOR
from integration.imports import registry as formats
from integration.imports import run_check, run_store, run_undo
from integration.models import FileImport
from integration.services.files import keep
from integration.services.steering import confirm_import, undo_import
from integration.services.uploads import Order, begin_import
from metering.models import MeteringPoint, Series
from tests import factories as make
from tests.integration.imports.masterdata import Registry, make_registry
from tests.integration.imports.tiny import TINY, document


@dataclass(frozen=True)
class Office:
    """Who imports what for whom."""

    utility: Utility
    user: User
    point: MeteringPoint

    def begin(self, *lines: str, name: str = "readings.tiny", at_once: bool = False) -> FileImport:
        """An import of a tiny file, given and not yet checked."""
        order = Order(name=name, confirm_at_once=at_once)
        return begin_import(utility=self.utility, file=keep([document(*lines)]), order=order, user=self.user)

    def check(self, *lines: str) -> FileImport:
        """The same, checked."""
        row = self.begin(*lines)
        run_check(row.pk)
        row.refresh_from_db()
        return row

    def store(self, *lines: str) -> FileImport:
        """The same, confirmed and stored."""
        row = self.check(*lines)
        confirm_import(row=row, user=self.user)
        run_store(row.pk)
        row.refresh_from_db()
        return row

    def undo(self, row: FileImport) -> FileImport:
        """Everything the import stored taken back."""
        undo_import(row=row, user=self.user)
        run_undo(row.pk)
        row.refresh_from_db()
        return row

    @property
    def series(self) -> Series:
        """The one series of the metering point."""
        return Series.objects.get(metering_point=self.point)


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def office(db: None, files: Path) -> Iterator[Office]:
    formats.register_format(TINY)
    utility = make.make_utility()
    make.make_property()
    user = make.make_user(METERING_OPERATOR, utilities=[utility], username="mikko")
    yield Office(utility, user, make.make_metering_point(utility))
    formats._formats.pop(TINY.name)


@pytest.fixture
def registry(db: None, files: Path) -> Registry:
    return make_registry()


@pytest.fixture
def models(db: None) -> None:
    """The register and the models of devices that lists of devices name."""
    make.make_property("1-0:1.8.0")
    make.make_device_model("aim-sm3")
    make.make_device_model("aim-dc1")
