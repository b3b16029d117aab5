"""Windows and facts of months that are archived are those of before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings

from metering.store import NO_VALUE
from metering.store.archive.leaving import archive_month
from tests import factories as make
from tests.metering.store.archive_world import MONTH, empty_store
from tests.validation.loading.world import at, facts, metered, read_stand, store, window
from validation.facts import Facts, Need
from validation.window import Window

pytestmark = pytest.mark.django_db(transaction=True)
NEEDS = frozenset({Need.STANDS, Need.USAGE, Need.HISTORY})


@pytest.fixture
def archive(settings: LazySettings, tmp_path: Path, db: None) -> Iterator[None]:
    settings.FILES = tmp_path
    empty_store()
    yield
    empty_store()


def test_an_archived_month_is_judged_like_one_online(archive: None) -> None:
    point = metered()[0]
    used = make.make_series(point, interval_s=3_600)
    shown = make.make_series(point, "1-0:1.8.0", kind="stand", source="M1", interval_s=3_600, feeds=used)
    daily = make.make_series(point, "1-0:1.8.0", kind="stand", source="M1", periodicity="daily")
    store(shown, at("2021-03-20 00:00"), range(24 * 15))
    read_stand(daily, {"2021-04-05 00:00": 500})

    def seen() -> tuple[Window, Facts]:
        found = window(used, first=dt.date(2021, 3, 31), last=dt.date(2021, 4, 4))
        return found, facts(found, *NEEDS)

    before, known = seen()
    archive_month("interval", MONTH)
    archive_month("register", MONTH)
    after, again = seen()
    assert np.array_equal(before.values, after.values)
    assert (before.values != NO_VALUE).any()
    assert known.stands is not None
    assert again.stands is not None
    assert np.array_equal(known.stands, again.stands)
    first, last = before.edges[[0, -1]]
    assert known.stands[0, last] - known.stands[0, first] == 500 - (11 * 24 - 1)
    assert known.usage is not None
    assert again.usage is not None
    assert np.array_equal(known.usage.totals, again.usage.totals)
    one, other = (each.history(slice(None), range(-5, 1)) for each in (known, again) if each.history is not None)
    assert np.array_equal(one.values, other.values)
    assert one.usable.sum() == 6 * 24 - 1
