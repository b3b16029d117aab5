"""Series with archived values are made finer only while these can still be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings

from metering.models import ArchiveFile, Series
from metering.quality import Quality
from metering.store import (
    NO_VALUE,
    VALUE_LIMIT,
    Origin,
    RefineError,
    RegisterBatch,
    history,
    read,
    read_registers,
    refine,
    register_history,
    write,
    write_registers,
)
from metering.store.archive.leaving import archive_month

from .archive_world import END, FIRST, MONTH, empty_store, whole_days
from .conftest import SeriesMaker

pytestmark = pytest.mark.django_db(transaction=True)
LARGEST = (VALUE_LIMIT - 1) // 1000
"""The largest value that can have three decimals more."""


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path, db: None) -> Iterator[Path]:
    settings.FILES = tmp_path
    empty_store()
    yield tmp_path / "archive"
    empty_store()


def _archive_interval(make_series: SeriesMaker, *values: int) -> int:
    """A series with these values one after the other, each decided, on the first two days of the month."""
    series = make_series(interval_s=3600, exponent=-1)
    for value in values:
        days = np.full((4, 24), NO_VALUE)
        days[2:] = value
        write(whole_days(series, days, Quality.EDITED), origin=Origin())
    archive_month("interval", MONTH)
    return series


def _archive_register(make_series: SeriesMaker, *values: int) -> int:
    series = make_series("consumption", interval_s=0, periodicity="daily", exponent=-1)
    at = np.array([int(FIRST.timestamp())])
    for value in values:
        write_registers(RegisterBatch(np.array([series]), at, np.array([value])), origin=Origin())
    archive_month("register", MONTH)
    return series


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("former", [False, True])
@pytest.mark.parametrize("archive", [_archive_interval, _archive_register])
def test_a_value_too_large_in_the_archive_refuses_by_name(
    make_series: SeriesMaker, archive: Callable[..., int], former: bool, sign: int
) -> None:
    other, value = make_series(exponent=-1), sign * (LARGEST + 1)
    series = archive(make_series, value, *([3] if former else []))
    words = (
        f"Series {series} cannot have the exponent -4: its value {value} (10^-1) of the archived month 2021-03 would"
    )
    with pytest.raises(RefineError, match=re.escape(words)):
        refine([other, series], -4)
    assert set(Series.objects.filter(pk__in=[other, series]).values_list("exponent", flat=True)) == {-1}
    assert refine([other, series], -3) == sorted([other, series])


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_value_that_fits_is_read_finer_with_its_history(make_series: SeriesMaker, sign: int) -> None:
    value = sign * LARGEST
    profile, register = _archive_interval(make_series, value, 3), _archive_register(make_series, value, 3)
    refine([profile, register], -4)
    assert read([profile], FIRST, END).values[0, 0] == 3000
    assert [state.value for state in history(profile, FIRST)] == [3000, value * 1000]
    assert read_registers([register], FIRST, END).values.tolist() == [3000]
    assert [state.value for state in register_history(register, FIRST)] == [3000, value * 1000]


def test_an_archive_that_cannot_be_looked_at_refuses(make_series: SeriesMaker, folder: Path) -> None:
    series = _archive_interval(make_series, 3)
    (folder / ArchiveFile.objects.get(table_name="series_day").path).unlink()
    with pytest.raises(RefineError, match=r"The archive lacks .* put it back from a backup"):
        refine([series], -4)
