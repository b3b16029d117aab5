"""A partition that was being detached when its process was killed: whoever detaches next finishes that first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.db import DatabaseError, transaction

from metering.intervals import day_number
from metering.store import Batch, Origin, read, write
from metering.store.archive import steps
from metering.store.archive.leaving import archive_month
from metering.store.archive.steps import NotNowError
from metering.store.partitions import Place, detach, drop_detached, place_of
from tests.beside import PATIENCE_S, Stop, beside, until

from .archive_world import END, FIRST, MONTH, empty_store
from .conftest import SeriesMaker
from .samples import query

pytestmark = pytest.mark.django_db(transaction=True)
NEXT, AFTER = END.date(), END + dt.timedelta(days=30)


@pytest.fixture
def series(settings: LazySettings, tmp_path: Path, make_series: SeriesMaker) -> Iterator[int]:
    """A series with values in two months that follow each other."""
    settings.FILES = tmp_path
    _empty()
    series = make_series(interval_s=3600)
    for month in (MONTH, NEXT):
        day = np.array([day_number(month)], np.int32)
        write(Batch(3600, np.array([series]), day, np.arange(24).reshape(1, 24)), origin=Origin())
    yield series
    _empty()


def _empty() -> None:
    empty_store()
    for table in ("series_day", "series_day_version", "register_value", "register_value_version"):
        detach(table, NEXT)
        drop_detached(table, NEXT)


def _read_and_wait(stop: Stop) -> None:
    with transaction.atomic():
        query("SELECT count(*) FROM series_day")
        stop.wait()


_DETACHING = (
    "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%%DETACH%%'"
)


def _be_killed_while_detaching() -> None:
    """Archive the month while somebody reads it; the connection is cut when the detaching waits."""
    with beside(lambda: archive_month("interval", MONTH)) as archiving:
        until(lambda: query(f"SELECT count(*) {_DETACHING}")[0][0] > 0, "the detaching waits")
        query(f"SELECT pg_terminate_backend(pid) {_DETACHING}")
        assert isinstance(archiving.exception(PATIENCE_S), DatabaseError)


def test_another_month_can_leave_and_the_first_one_finishes(series: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before, stop = read([series], FIRST, AFTER).values.tolist(), Stop()
    with beside(lambda: _read_and_wait(stop)) as reading:
        stop.until_reached()
        _be_killed_while_detaching()
        assert place_of("series_day", MONTH) is Place.LEAVING
        with monkeypatch.context() as patch, pytest.raises(NotNowError, match="series_day_2021_04 is still being read"):
            patch.setattr(steps, "PATIENCE_S", 0.3)
            archive_month("interval", NEXT)
        stop.let_go()
        reading.result(PATIENCE_S)
    assert archive_month("interval", NEXT) is not None
    assert (place_of("series_day", MONTH), place_of("series_day", NEXT)) == (Place.ALONE, Place.ABSENT)
    assert archive_month("interval", MONTH) is not None
    assert place_of("series_day", MONTH) is Place.ABSENT
    assert read([series], FIRST, AFTER).values.tolist() == before
