"""The SQL view says what `read` says, in the unit of the series."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from metering.quality import Quality
from metering.store import Origin, ensure_partitions, read, write

from .conftest import SeriesMaker
from .samples import DAY, block, instant, query

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("exponent", "scaled"),
    [(-3, Decimal("1.234")), (0, Decimal(1234)), (3, Decimal(1234000)), (-12, Decimal("1.234E-9"))],
)
def test_value_is_exact_in_the_unit_of_the_series(make_series: SeriesMaker, exponent: int, scaled: Decimal) -> None:
    series = make_series(exponent=exponent)
    write(block(series, [1234]), origin=Origin())
    assert query("SELECT value, starts_at, day FROM profile_value WHERE series_id = %s", series) == [
        (scaled, instant(), DAY)
    ]


@pytest.mark.parametrize("interval_s", [300, 600, 900, 1800, 3600, 86_400])
def test_view_agrees_with_read(make_series: SeriesMaker, interval_s: int) -> None:
    series = make_series(interval_s=interval_s)
    values = np.random.default_rng(interval_s).integers(-(2**40), 2**40, 86_400 // interval_s)
    write(
        block(series, values.tolist(), interval_s=interval_s, quality=Quality.SUSPECT, status=70_000), origin=Origin()
    )
    matrix = read([series], instant(), instant(1))
    seen = query(
        "SELECT extract(epoch FROM starts_at)::bigint, value, quality, status FROM profile_value "
        "WHERE series_id = %s ORDER BY starts_at",
        series,
    )
    seconds = matrix.instants.astype(np.int64).tolist()
    expected = zip(
        seconds, matrix.values[0].tolist(), matrix.quality[0].tolist(), matrix.status[0].tolist(), strict=True
    )
    assert seen == list(expected)
    assert query("SELECT sum(value) FROM profile_value WHERE series_id = %s", series) == [(int(values.sum()),)]


def test_condition_on_day_leaves_other_partitions_out(make_series: SeriesMaker) -> None:
    ensure_partitions(DAY, DAY + dt.timedelta(days=62))
    plan = query("EXPLAIN SELECT sum(value) FROM profile_value WHERE day = %s AND starts_at >= %s", DAY, instant(0, 6))
    assert "series_day_2026_03" in str(plan)
    assert "series_day_2026_04" not in str(plan)
