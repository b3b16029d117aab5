"""A month goes and comes back while others read and write: every read is whole, every write is stored or refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, DiskFull, LockNotAvailable

from metering.models import ArchivedMonth
from metering.quality import Quality
from metering.store import Counts, Origin, ensure_partitions, lock_series, place, read, wire, write
from metering.store.archive import steps
from metering.store.archive.leaving import archive_month
from metering.store.archive.returning import return_month
from metering.store.archive.steps import NotNowError, others_in_the_way
from metering.store.partitions import Place, place_of
from metering.store.snapshot import snapshot
from tests.beside import PATIENCE_S, Stop, beside

from .archive_world import END, FIRST, MONTH, World, differences, empty_store, make_world
from .conftest import SeriesMaker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: LazySettings, tmp_path: Path, make_series: SeriesMaker) -> Iterator[World]:
    settings.FILES = tmp_path
    empty_store()
    yield make_world(make_series)
    empty_store()


def test_every_read_is_whole_while_the_month_goes_and_comes_back(world: World) -> None:
    before = world.all_that_is_read()
    reads, ended = list[list[str]](), threading.Event()

    def read_on() -> None:
        while not ended.is_set():
            reads.append(differences(world.all_that_is_read(), before))

    with beside(read_on) as reading:
        for rounds in count(1):
            archive_month("interval", MONTH)
            archive_month("register", MONTH)
            return_month("interval", MONTH)
            return_month("register", MONTH)
            if reading.done() or (rounds > 2 and len(reads) > 3):
                break
        ended.set()
        reading.result(PATIENCE_S)
    assert len(reads) > 3
    assert not any(reads)


def test_a_month_that_goes_between_two_statements_of_a_reading_is_read_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks are found in the partition, and which writes filled them no longer is."""
    found, fetch = Stop(), wire.fetch

    def stop_before_arrivals(sql: str, *arguments: Any) -> list[Any]:
        if "d.arrivals" in sql:
            found.wait()
        return fetch(sql, *arguments)

    def read_past() -> list[list[int]]:
        values: list[list[int]] = read([world.quarters], FIRST, END, as_of=world.steps[0]).values.tolist()
        return values

    before = read_past()
    monkeypatch.setattr(wire, "fetch", stop_before_arrivals)
    with beside(read_past) as reading:
        found.until_reached()
        archive_month("interval", MONTH)
        found.let_go()
        assert reading.result(PATIENCE_S) == before


def _gives_up(words: str) -> None:
    """Archiving waits for others for a moment, and says in these words who they are."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(NotNowError, match=words):
        patch.setattr(steps, "PATIENCE_S", 0.3)
        archive_month("interval", MONTH)


def test_a_snapshot_taken_before_still_finds_its_values(world: World) -> None:
    """Reading as of one instant, as exports do, does not see that the month has gone to files."""
    begun = Stop()

    def read_later() -> int:
        with snapshot():
            connection.cursor().execute("SELECT 1 FROM metering_series")
            begun.wait()
            return int(read(world.ids, FIRST, END).present.sum())

    present = int(read(world.ids, FIRST, END).present.sum())
    with beside(read_later) as reading:
        begun.until_reached()
        _gives_up("Reading that began before")
        assert int(read(world.ids, FIRST, END).present.sum()) == present
        begun.let_go()
        assert reading.result(PATIENCE_S) == present
    assert archive_month("interval", MONTH) is not None
    assert place_of("series_day", MONTH) is Place.ABSENT


def test_a_write_begun_before_the_month_closed_is_in_the_file(world: World) -> None:
    begun = Stop()
    edited = place(900, world.quarters, FIRST.timestamp() + np.arange(4) * 900, 77, Quality.EDITED).batch

    def write_slowly() -> Counts:
        with transaction.atomic():
            lock_series(np.array([world.quarters]))
            counts = write(edited, origin=Origin())
            begun.wait()
            return counts

    with beside(write_slowly) as writing:
        begun.until_reached()
        _gives_up("Writes that began before")
        begun.let_go()
        assert writing.result(PATIENCE_S).refused == 0
    assert archive_month("interval", MONTH) is not None
    assert read([world.quarters], FIRST, END).values[0, :4].tolist() == [77] * 4


def test_writers_meanwhile_are_stored_or_refused(world: World) -> None:
    """What a writer was told is stored is there at the end, whenever the month closed."""
    begun, ended = threading.Event(), threading.Event()

    def write_on() -> list[int]:
        stored: list[int] = []
        for value in range(1, 10_000):
            edited = place(900, world.quarters, FIRST.timestamp() + np.arange(4) * 900, value, Quality.EDITED).batch
            if not write(edited, origin=Origin()).refused:
                stored.append(value)
                begun.set()
            if ended.is_set():
                break
        return stored

    with beside(write_on) as writing:
        assert begun.wait(PATIENCE_S)
        archive_month("interval", MONTH)
        ended.set()
        stored = writing.result(PATIENCE_S)
    assert read([world.quarters], FIRST, END).values[0, :4].tolist() == [stored[-1]] * 4


def test_a_table_in_use_is_finished_later(world: World) -> None:
    """A long query of a foreign program: it is neither stopped nor waited for."""
    begun = Stop()

    def look_long() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sum(present) FROM series_day WHERE day >= %s AND day < %s", [FIRST, END])
            values: int = cursor.fetchone()[0]
            begun.wait()
            return values

    with beside(look_long) as looking:
        begun.until_reached()
        _gives_up("still being read")
        assert place_of("series_day", MONTH) is Place.LEAVING
        present = int(read(world.ids, FIRST, END).present.sum())
        begun.let_go()
        assert looking.result(PATIENCE_S) == present
    assert archive_month("interval", MONTH) is not None
    assert place_of("series_day", MONTH) is Place.ABSENT


def test_only_one_archives(world: World) -> None:
    begun = Stop()

    with beside(lambda: archive_month("interval", MONTH, tell=lambda _words: begun.wait())) as archiving:
        begun.until_reached()
        with pytest.raises(NotNowError, match="Another process"):
            archive_month("register", MONTH)
        begun.let_go()
        assert archiving.result(PATIENCE_S) is not None
    assert archive_month("register", MONTH) is not None


def test_a_series_made_finer_while_its_month_is_loaded(world: World) -> None:
    archive_month("interval", MONTH)

    def refine_meanwhile(words: str) -> None:
        if words.startswith("putting"):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE metering_series SET exponent = -5 WHERE id = %s", [world.quarters])

    values = read([world.quarters], FIRST, END)
    with pytest.raises(NotNowError, match="Series changed"):
        return_month("interval", MONTH, tell=refine_meanwhile)
    row = return_month("interval", MONTH)
    assert row.state == ArchivedMonth.State.RETURNED
    finer = read([world.quarters], FIRST, END)
    assert np.array_equal(finer.values[finer.present], values.values[values.present] * 100)


def test_partitions_are_made_while_writers_write(make_series: SeriesMaker, settings: LazySettings) -> None:
    """New months come under running writes of others, with the same indexes and room in their pages."""
    empty_store()
    series, ended = make_series(), threading.Event()

    def write_on() -> int:
        written = 0
        for value in range(10_000):
            batch = place(900, series, END.timestamp(), value, Quality.EDITED).batch
            written += write(batch, origin=Origin()).refused == 0
            if ended.is_set():
                break
        return written

    with beside(write_on) as writing:
        for year in range(2030, 2034):
            ensure_partitions(MONTH.replace(year=year), MONTH.replace(year=year, month=8))
        ended.set()
        assert writing.result(PATIENCE_S) > 0
    assert _shape("series_day_2031_05") == _shape("series_day_2021_04") == (["series_id", "day"], ["fillfactor=90"])
    with connection.cursor() as cursor:
        for year in range(2030, 2034):
            for month in range(3, 9):
                for table in ("series_day", "series_day_version", "register_value", "register_value_version"):
                    cursor.execute(f"DROP TABLE {table}_{year}_{month:02}")


def _shape(partition: str) -> tuple[list[str], list[str]]:
    """Columns of the primary key and storage options of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))"
            "  FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)"
            "  WHERE i.indrelid = c.oid AND i.indisprimary), reloptions FROM pg_class c WHERE relname = %s",
            [partition],
        )
        key, options = cursor.fetchone()
        return key, options


@pytest.mark.parametrize(("cause", "later"), [(LockNotAvailable, True), (DeadlockDetected, True), (DiskFull, False)])
def test_who_is_in_the_way_is_told_from_what_is_broken(cause: type[Exception], later: bool) -> None:
    error = OperationalError("in PostgreSQL's words")
    error.__cause__ = cause()
    assert others_in_the_way(error) is later
