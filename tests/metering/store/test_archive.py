"""A month in files reads like a month in the database, takes no writes, and comes back as it was."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from access.models import AuditRecord
from metering.models import ArchivedMonth, ArchiveFile, Series
from metering.quality import Quality
from metering.store import Origin, RegisterBatch, read, restore, undo, weigh, write, write_registers
from metering.store.archive import leaving
from metering.store.archive.leaving import archive_month, drop_month
from metering.store.archive.months import ArchiveError, Kind
from metering.store.archive.returning import return_month
from metering.store.partitions import Place, ensure_partitions, place_of
from metering.store.refine import refine

from .archive_world import (
    END,
    FIRST,
    MONTH,
    World,
    differences,
    empty_store,
    make_world,
    places,
    rows_online,
    whole_days,
)
from .conftest import SeriesMaker
from .meters import consumption

pytestmark = pytest.mark.django_db(transaction=True)
KINDS: tuple[Kind, ...] = ("interval", "register")


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path, db: None) -> Iterator[Path]:
    settings.FILES = tmp_path
    empty_store()
    yield tmp_path / "archive"
    empty_store()


@pytest.fixture
def world(folder: Path, make_series: SeriesMaker) -> World:
    return make_world(make_series)


def _archive() -> None:
    for kind in KINDS:
        row = archive_month(kind, MONTH)
        assert row is not None
        assert row.state == ArchivedMonth.State.ARCHIVED


def _return() -> None:
    for kind in KINDS:
        assert return_month(kind, MONTH).state == ArchivedMonth.State.RETURNED


def test_everything_reads_alike_from_files_and_after_coming_back(world: World, folder: Path) -> None:
    before, rows = world.all_that_is_read(), rows_online()
    _archive()
    assert (places(), rows_online()) == ({Place.ABSENT}, 0)
    assert not differences(world.all_that_is_read(), before)
    _return()
    assert (places(), rows_online()) == ({Place.ATTACHED}, rows)
    assert not list(folder.rglob("*.parquet"))
    assert not differences(world.all_that_is_read(), before)


def test_the_files_are_noted_with_what_they_hold(world: World, folder: Path) -> None:
    rows = rows_online()
    _archive()
    files = list(ArchiveFile.objects.all())
    assert sum(file.rows for file in files) == rows
    for file in files:
        assert file.sha256 == hashlib.sha256((folder / file.path).read_bytes()).hexdigest()
    days = pq.read_table(folder / ArchiveFile.objects.get(table_name="series_day").path).to_pylist()
    keys = [(row["series_id"], row["day"]) for row in days]
    assert keys == sorted(keys)
    first = next(row for row in days if row["series_id"] == world.quarters)
    assert (first["exponent"], first["unit"], first["interval_s"], len(first["values"])) == (-3, "Wh", 900, 4 * 96)


def test_several_files_hold_what_one_would(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.all_that_is_read()
    monkeypatch.setattr(leaving, "SERIES_PER_FILE", 1)
    _archive()
    assert ArchiveFile.objects.filter(table_name="series_day", rows__gt=0).count() == 2
    assert not differences(world.all_that_is_read(), before)
    _return()
    assert not differences(world.all_that_is_read(), before)


def test_writes_into_an_archived_month_are_refused_by_name(world: World) -> None:
    before = world.all_that_is_read()
    _archive()
    offered = whole_days(world.quarters, np.full((35, 96), 7), Quality.EDITED)
    counts = weigh(offered)
    assert (counts.refused, {refusal.values for refusal in counts.refusals}) == (31 * 96, {96})
    assert {refusal.reason for refusal in counts.refusals} == {
        "the month is archived: run manage.py store unarchive 2021-03"
    }
    assert write(offered, origin=Origin()).refused == 31 * 96
    register = RegisterBatch(
        np.array([world.daily]), np.array([int(FIRST.timestamp())]), np.array([1]), np.array([Quality.EDITED], np.uint8)
    )
    assert write_registers(register, origin=Origin()).refused == 1
    assert place_of("series_day", MONTH) is Place.ABSENT
    inside = read(world.ids, FIRST, END)
    _return()
    assert np.array_equal(read(world.ids, FIRST, END).values, inside.values)
    assert world.all_that_is_read()["as of 3"] == before["as of 3"]


def test_going_back_in_an_archived_month_is_refused_by_name(world: World) -> None:
    entries = write(whole_days(world.quarters, np.full((35, 96), 7), Quality.EDITED), origin=Origin()).entries
    ids = np.array([world.quarters, world.daily])
    before = world.all_that_is_read()
    _archive()
    for counts in (
        undo(entries, ids, FIRST, END, origin=Origin()),
        restore(ids, FIRST, END, as_of=world.steps[0], origin=Origin()),
    ):
        assert counts.changed == counts.new == 0
        assert counts.refused > 30 * 96
        assert {refusal.reason for refusal in counts.refusals} == {
            "the month is archived: run manage.py store unarchive 2021-03"
        }
    _return()
    assert not differences(world.all_that_is_read(), before)
    assert undo(entries, ids, FIRST, END, origin=Origin()).changed > 30 * 96


def test_a_month_that_came_back_takes_writes_and_goes_again(world: World) -> None:
    _archive()
    _return()
    assert write(whole_days(world.quarters, np.full((35, 96), 7), Quality.EDITED), origin=Origin()).refused == 0
    before = world.all_that_is_read()
    _archive()
    assert not differences(world.all_that_is_read(), before)


def test_no_partition_is_made_for_an_archived_month(world: World) -> None:
    _archive()
    assert ensure_partitions(MONTH, MONTH) == 0
    _return()
    assert ensure_partitions(MONTH, MONTH) == 0


def test_series_made_finer_later_read_exactly(world: World) -> None:
    values = read([world.quarters], FIRST, END)
    states = world.all_that_is_read()
    _archive()
    refine([world.quarters], -5)
    finer = read([world.quarters], FIRST, END)
    assert Series.objects.get(pk=world.quarters).exponent == -5
    assert np.array_equal(finer.values[finer.present], values.values[values.present] * 100)
    archived = world.all_that_is_read()
    assert differences(archived, states)
    _return()
    assert not differences(world.all_that_is_read(), archived)


def test_a_month_too_young_stays(db: None) -> None:
    recent = (timezone.now().date() - dt.timedelta(days=62)).replace(day=1)
    with pytest.raises(ArchiveError, match="too young"):
        archive_month("interval", recent)
    assert not ArchivedMonth.objects.exists()


def test_a_month_without_values_is_not_closed(folder: Path) -> None:
    ensure_partitions(MONTH, MONTH)
    assert archive_month("interval", MONTH) is None
    assert not ArchivedMonth.objects.exists()
    assert place_of("series_day", MONTH) is Place.ABSENT


def test_a_dropped_month_is_gone_and_open_again(world: World, folder: Path) -> None:
    _archive()
    for kind in KINDS:
        drop_month(kind, MONTH)
    assert not read(world.ids, FIRST, END).present.any()
    assert read(world.ids, END, END + dt.timedelta(days=1)).present.any()
    assert not list(folder.rglob("*.parquet"))
    assert write(whole_days(world.quarters, np.full((35, 96), 7)), origin=Origin()).refused == 0


def test_a_lost_file_and_a_damaged_one_are_named(world: World, folder: Path) -> None:
    _archive()
    path = folder / ArchiveFile.objects.get(table_name="series_day").path
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(ArchiveError, match=f"The archive lacks .*{path.name}"):
        read(world.ids, FIRST, END)
    values = pq.read_metadata(BytesIO(whole)).row_group(0).column(12)
    assert values.path_in_schema == "values"
    middle = values.data_page_offset + values.total_compressed_size // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    for act in (lambda: read(world.ids, FIRST, END), lambda: return_month("interval", MONTH)):
        with pytest.raises(ArchiveError, match=f"{path.name} is damaged"):
            act()
    path.write_bytes(whole[:-100])
    with pytest.raises(ArchiveError, match=f"{path.name} is damaged"):
        return_month("interval", MONTH)
    path.write_bytes(whole)
    assert return_month("interval", MONTH).state == ArchivedMonth.State.RETURNED


def test_rows_that_differ_from_their_file_are_not_dropped(world: World, folder: Path) -> None:
    """What is damaged between the writing of a file and its comparison is found."""

    def damage(words: str) -> None:
        if words.startswith("comparing"):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE series_day SET total = total + 1 WHERE day = %s", [MONTH])

    with pytest.raises(ArchiveError, match="columns total"):
        archive_month("interval", MONTH, tell=damage)
    assert read(world.ids, FIRST, END).present.any()
    assert place_of("series_day", MONTH) is Place.ATTACHED
    assert return_month("interval", MONTH).state == ArchivedMonth.State.RETURNED
    assert write(whole_days(world.quarters, np.full((35, 96), 7)), origin=Origin()).refused == 0


def test_archiving_and_bringing_back_are_in_the_trail(world: World) -> None:
    archive_month("interval", MONTH)
    return_month("interval", MONTH)
    drop_month("interval", MONTH)
    assert list(AuditRecord.objects.order_by("id").values_list("verb", flat=True)) == [
        "archived",
        "brought back",
        "dropped",
    ]


@pytest.mark.usefixtures("folder")
def test_the_last_interval_of_a_month_ends_with_a_stand_of_an_archived_one(make_series: SeriesMaker) -> None:
    used = consumption(make_series)
    quarter = dt.timedelta(minutes=15)
    used.meter.shows([(END - 2 * quarter, 10), (END - quarter, 20), (END, 50), (END + quarter, 60)])
    assert read([used.id], END - 2 * quarter, END).values.tolist() == [[10, 30]]
    archive_month("interval", END.date())
    used.meter.shows([(END - quarter, 25)])
    assert read([used.id], END - 2 * quarter, END).values.tolist() == [[15, 25]]
    assert used.meter.multiplied(END - dt.timedelta(days=20), 2).changed == 2
    assert read([used.id], END - 2 * quarter, END + quarter).values.tolist() == [[30, 50, 10]]
