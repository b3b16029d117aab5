"""Archiving is killed before each of its steps: nothing is lost, nothing double, and the next call finishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from metering.models import ArchivedMonth, ArchiveFile
from metering.store.archive.leaving import archive_month
from metering.store.archive.months import Kind
from metering.store.archive.returning import return_month
from metering.store.partitions import Place

from .archive_world import MONTH, World, differences, empty_store, make_world, places, rows_online
from .archiving_process import run_until_killed
from .conftest import SeriesMaker

pytestmark = pytest.mark.django_db(transaction=True)
KINDS: tuple[Kind, ...] = ("interval", "register")
# Steps of one kind: closing, writing and comparing two tables, handing over, detaching and dropping two tables.
STEPS_OF_ARCHIVING = [*range(11)]
# The partitions are asked to go once more in four steps; loading two tables, putting them back, removing their files.
STEPS_OF_RETURNING = [0, *range(4, 10)]


@pytest.fixture
def world(settings: LazySettings, tmp_path: Path, make_series: SeriesMaker) -> Iterator[World]:
    settings.FILES = tmp_path
    empty_store()
    yield make_world(make_series)
    empty_store()


@pytest.mark.parametrize("step", STEPS_OF_ARCHIVING)
def test_archiving_killed_before_a_step(world: World, step: int, tmp_path: Path) -> None:
    before, rows = world.all_that_is_read(), rows_online()
    assert len(run_until_killed("archive", step, tmp_path)) == step
    assert not differences(world.all_that_is_read(), before)
    for kind in KINDS:
        archive_month(kind, MONTH)
    assert not differences(world.all_that_is_read(), before)
    assert (places(), rows_online()) == ({Place.ABSENT}, 0)
    assert sum(ArchiveFile.objects.values_list("rows", flat=True)) == rows
    kept = {
        tmp_path / "archive" / path for path in ArchiveFile.objects.filter(rows__gt=0).values_list("path", flat=True)
    }
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == kept


@pytest.mark.parametrize("step", STEPS_OF_RETURNING)
def test_bringing_back_killed_before_a_step(world: World, step: int, tmp_path: Path) -> None:
    before, rows = world.all_that_is_read(), rows_online()
    for kind in KINDS:
        archive_month(kind, MONTH)
    assert len(run_until_killed("return", step, tmp_path)) == step
    assert not differences(world.all_that_is_read(), before)
    for kind in KINDS:
        return_month(kind, MONTH)
    assert not differences(world.all_that_is_read(), before)
    assert (places(), rows_online()) == ({Place.ATTACHED}, rows)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert set(ArchivedMonth.objects.values_list("state", flat=True)) == {ArchivedMonth.State.RETURNED}
