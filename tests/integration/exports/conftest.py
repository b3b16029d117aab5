"""Utilities with metering points of the same numbers, files imported into one and exported from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from access.models import User, Utility
from access.roles import METERING_OPERATOR
from integration.exports.options import Options
from integration.exports.running import run_export
from integration.imports import run_check, run_store
from integration.models import ExternalId, FileExport, FileImport
from integration.services.exports import Order, begin_export
from integration.services.files import keep, open_file
from integration.services.steering import confirm_import
from integration.services.uploads import Order as ImportOrder
from integration.services.uploads import begin_import
from metering.models import MeteringPoint, Series
from tests import factories as make

START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """A utility and the person who works there."""

    utility: Utility
    user: User
    points: dict[str, MeteringPoint] = field(default_factory=dict)

    def point(self, number: str, scheme: str = ExternalId.Scheme.NMI) -> MeteringPoint:
        """A metering point others know by this number."""
        point = make.make_metering_point(self.utility)
        ExternalId.objects.create(utility=self.utility, scheme=scheme, value=number, metering_point=point)
        self.points[number] = point
        return point

    def import_file(self, octets: bytes, name: str, layout: Mapping[str, Any] | None = None) -> FileImport:
        """The file checked, confirmed and stored; every value of it was taken."""
        order = ImportOrder(name=name, layout=layout or {}, format="table" if layout else "")
        row = begin_import(utility=self.utility, file=keep([octets]), order=order, user=self.user)
        run_check(row.pk)
        row.refresh_from_db()
        assert (row.state, row.errors) == (FileImport.State.READY, 0), list(row.problems.values_list("reason", "text"))
        confirm_import(row=row, user=self.user)
        run_store(row.pk)
        row.refresh_from_db()
        assert row.state == FileImport.State.DONE, row.cause
        assert row.stored["refused"] == 0
        return row

    def ask(
        self,
        format: str,
        series: Iterable[int] | None = None,
        *,
        start: datetime = START,
        end: datetime = END,
        options: Options | None = None,
    ) -> FileExport:
        """An export of these series, or of all there are in the order of their ids, that waits."""
        wanted = self.all_series() if series is None else list(series)
        order = Order(format, start, end, options or Options())
        return begin_export(series=wanted, order=order, user=self.user)

    def export(self, format: str, series: Iterable[int] | None = None, **wanted: object) -> tuple[FileExport, bytes]:
        """The same written: the row and the file."""
        row = self.ask(format, series, **wanted)  # type: ignore[arg-type]
        run_export(row.pk)
        row.refresh_from_db()
        assert row.state == FileExport.State.DONE, row.cause
        assert row.file is not None
        with open_file(row.file) as stream:
            return row, stream.read()

    def all_series(self) -> list[int]:
        """Ids of all series of the utility."""
        rows = Series.objects.filter(metering_point__utility=self.utility).order_by("pk")
        return list(rows.values_list("pk", flat=True))


def build_house(code: str, zone: str = "Europe/Helsinki") -> House:
    """A utility with one metering operator."""
    utility = make.make_utility(code, time_zone=zone)
    return House(utility, make.make_user(METERING_OPERATOR, utilities=[utility], username=f"operator-{code}"))


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.FILES = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def house(db: None) -> House:
    make.make_property()
    return build_house("energia")


@pytest.fixture
def other(house: House) -> House:
    """A utility nothing was imported into yet."""
    return build_house("voima")
