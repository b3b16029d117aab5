"""Statistics of series: what they say, when they are made, and that no change goes unnoticed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from metering.intervals import DAY_S, day_number
from metering.store import Batch, Origin, completeness, ensure_partitions, present, read, refine, wire, write
from metering.store.archive.leaving import archive_month, drop_month
from metering.store.archive.returning import return_month
from metering.store.statistics import folding, state
from metering.store.statistics.daytypes import DayType, day_types
from metering.store.statistics.histogram import ERROR
from metering.store.statistics.reading import Statistics, statistics
from tests.beside import PATIENCE_S, Stop, beside, until

from .archive_world import empty_store
from .conftest import SeriesMaker
from .summing_up import assert_summed_up, changed, fold_days, forget_all, refold, shown

MONTH = dt.date(2021, 3, 1)
AFTER = dt.date(2021, 4, 10)
DAYS = 31


def _month(series: int, *, interval_s: int = 3600, seed: int = 1, month: dt.date = MONTH, days: int = DAYS) -> Batch:
    values = np.random.default_rng(seed).integers(0, 5_000, (days, DAY_S // interval_s))
    numbers = np.arange(day_number(month), day_number(month) + days, dtype=np.int32)
    return Batch(interval_s, np.full(days, series, np.int64), numbers, values)


def _column(found: Statistics, kind: DayType) -> dict[str, float]:
    return {name: float(getattr(found, name)[0, kind]) for name in found.__dataclass_fields__ if name != "series_ids"}


def _right(values: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> dict[str, object]:
    totals = values.sum(axis=1)
    return {
        "days": len(values),
        "present": values.size,
        "average": pytest.approx(values.mean()),
        "median": pytest.approx(np.median(values), rel=ERROR),
        "maximum": values.max(),
        "daily_average": pytest.approx(totals.mean()),
        "daily_median": pytest.approx(np.median(totals), rel=ERROR),
    }


@pytest.mark.django_db
def test_statistics_by_type_of_day(make_series: SeriesMaker) -> None:
    series = make_series(interval_s=3600)
    batch = _month(series)
    write(batch, origin=Origin())
    fold_days(MONTH, DAYS)
    found = statistics([series], AFTER)
    types = day_types(batch.days)
    assert types[:7].tolist() == [0, 0, 0, 0, 0, 1, 2]
    for kind in (DayType.WORKING, DayType.SATURDAY, DayType.SUNDAY):
        assert _column(found, kind) == _right(batch.values[types == kind])
    assert _column(found, DayType.ALL) == _right(batch.values)


@pytest.mark.django_db
def test_statistics_are_of_whole_months_before_the_day(make_series: SeriesMaker) -> None:
    one, other = make_series(interval_s=3600), make_series(interval_s=3600)
    february = dt.date(2021, 2, 1)
    write(_month(one), _month(other), origin=Origin())
    write(_month(one, month=february, days=28, seed=2), origin=Origin())
    fold_days(february, 28)
    fold_days(MONTH, 5)
    assert statistics([other, one, other], AFTER).days[:, DayType.ALL].tolist() == [5, 33, 5]
    assert statistics([one], AFTER, months=1).days[0, DayType.ALL] == 5
    assert statistics([one], dt.date(2021, 3, 20)).days[0, DayType.ALL] == 28
    assert statistics([one], dt.date(2021, 3, 20), current=True).days[0, DayType.ALL] == 33
    nothing = statistics([other], dt.date(2021, 2, 3))
    assert nothing.days.sum() == 0
    assert np.isnan(nothing.median).all() and np.isnan(nothing.average).all() and np.isnan(nothing.maximum).all()
    assert np.isnan(statistics([other], AFTER).median).all()  # March is not over


@pytest.mark.django_db
def test_a_series_made_finer_is_summed_up_anew(make_series: SeriesMaker) -> None:
    series = make_series(interval_s=3600)
    write(_month(series), origin=Origin())
    fold_days(MONTH, DAYS)
    before = _column(statistics([series], AFTER), DayType.ALL)
    refine([series], -3)
    assert changed() == {(MONTH, series)}
    at_once = _column(statistics([series], AFTER), DayType.ALL)
    assert at_once["average"] == pytest.approx(before["average"] * 1000)
    assert at_once["median"] == pytest.approx(before["median"] * 1000, rel=2.05 * ERROR)
    refold()
    assert_summed_up([series], MONTH)


@pytest.mark.django_db
def test_only_changes_of_days_summed_up_are_noted(make_series: SeriesMaker) -> None:
    one, other = make_series(interval_s=3600), make_series(interval_s=3600)
    fold_days(MONTH, 10)
    write(_month(one, days=3), origin=Origin())
    late = _month(other, month=dt.date(2021, 3, 11), days=3)
    write(late, origin=Origin())
    assert changed() == {(MONTH, one)}
    refold()
    write(_month(one, days=3), late, origin=Origin())
    assert changed() == set()  # identical values are no change
    with connection.cursor() as cursor:
        cursor.execute("UPDATE folded_month SET folding = '2021-03-31'")
    today = dt.datetime.now(dt.UTC).date()
    ensure_partitions(today, today)
    with CaptureQueriesContext(connection) as captured:
        write(_month(one, month=today, days=1), origin=Origin())
    assert captured and not [query for query in captured if "folded_month" in query["sql"]]


@pytest.mark.django_db
def test_a_day_is_summed_up_six_hours_after_its_end() -> None:
    at = dt.datetime(2021, 3, 2, 6, tzinfo=dt.UTC).timestamp()
    assert state.next_day(MONTH, at - 1) is None
    assert state.next_day(MONTH, at) == MONTH
    fold_days(MONTH, 30)
    assert state.next_day(MONTH) == dt.date(2021, 3, 31)
    fold_days(MONTH, 1)
    assert state.next_day(MONTH) is None


@pytest.fixture
def emptied(transactional_db: None) -> Iterator[None]:
    empty_store()
    forget_all()
    yield
    empty_store()
    forget_all()


@pytest.mark.usefixtures("emptied")
def test_everything_there_is_gets_summed_up(make_series: SeriesMaker) -> None:
    series = make_series(interval_s=3600)
    write(_month(series), origin=Origin())
    assert folding.fold()
    assert_summed_up([series], MONTH)
    assert state.is_whole(MONTH)
    write(_month(series, seed=3), origin=Origin())
    assert changed() == {(MONTH, series)}
    assert folding.fold()
    assert changed() == set()
    assert_summed_up([series], MONTH)
    assert not folding.fold(budget_s=0)


@pytest.mark.usefixtures("emptied")
def test_one_process_sums_up_at_a_time(make_series: SeriesMaker) -> None:
    make_series()

    with state.alone() as is_alone, beside(folding.fold) as other:
        assert is_alone
        assert not other.result(PATIENCE_S)


@pytest.mark.usefixtures("emptied")
def test_a_write_under_way_is_waited_for_and_one_that_follows_is_noted(make_series: SeriesMaker) -> None:
    early, late = make_series(interval_s=3600), make_series(interval_s=3600)
    ensure_partitions(MONTH, MONTH)
    written = Stop()

    def hold() -> None:
        with transaction.atomic():
            write(_month(early), origin=Origin())
            written.wait()

    with beside(hold) as holding:
        written.until_reached()
        with beside(lambda: fold_days(MONTH, 1)) as summing:
            until(lambda: bool(wire.fetch("SELECT FROM folded_month")) or summing.done(), "the day is announced")
            write(_month(late), origin=Origin())  # while the day is announced, and its summing up waits
            assert changed() == {(MONTH, late)}
            assert not summing.done()
            written.let_go()
            holding.result(PATIENCE_S)
            summing.result(PATIENCE_S)
    refold()
    assert_summed_up([early, late], MONTH)
    assert completeness([early, late], MONTH, MONTH).present.tolist() == [24, 24]


@pytest.mark.usefixtures("emptied")
def test_a_series_being_written_is_summed_up_later(make_series: SeriesMaker) -> None:
    series = make_series(interval_s=3600)
    write(_month(series, days=2), origin=Origin())
    fold_days(MONTH, 2)
    write(_month(series, days=2, seed=5), origin=Origin())

    with transaction.atomic():
        write(_month(series, days=2, seed=6), origin=Origin())
        with beside(folding.refold_some) as refolding:
            assert refolding.result(PATIENCE_S) == 0
    assert folding.refold_some() == 1
    assert_summed_up([series], MONTH)


@pytest.mark.usefixtures("emptied")
def test_archived_months_stay_summed_up_until_they_are_dropped(make_series: SeriesMaker) -> None:
    whole, part = make_series(interval_s=3600), make_series(interval_s=3600)
    write(_month(whole), _month(part, days=7), origin=Origin())
    fold_days(MONTH, DAYS)
    last = dt.date(2021, 3, 31)
    expected = shown(completeness(None, MONTH, last))
    assert expected[part][:2] == (DAYS * 24, 7 * 24)
    before = present(np.array([part, whole]), dt.date(2021, 3, 5), dt.date(2021, 3, 9))
    assert before.tolist() == [[24, 24, 24, 0, 0], [24] * 5]
    archive_month("interval", MONTH)
    assert np.array_equal(present(np.array([part, whole]), dt.date(2021, 3, 5), dt.date(2021, 3, 9)), before)
    assert shown(completeness(None, MONTH, last)) == expected
    assert shown(completeness(None, MONTH, dt.date(2021, 3, 9)))[part][:2] == (9 * 24, 7 * 24)  # from files
    forget_all()
    assert shown(completeness([whole, part], MONTH, last)) == expected  # from files
    assert folding.fold()
    assert state.last_folded(MONTH) is None
    return_month("interval", MONTH)
    assert folding.fold()
    assert_summed_up([whole, part], MONTH)
    drop_month("interval", MONTH)
    assert set(shown(completeness(None, MONTH, last)).values()) == {(DAYS * 24, 0, 0, 0)}
    assert statistics([whole], AFTER).present.sum() == 0
    assert not read([whole], *(dt.datetime(2021, m, 1, tzinfo=dt.UTC) for m in (3, 4))).present.any()


@pytest.mark.django_db
def test_the_youngest_months_are_summed_up_anew_first(
    make_series: SeriesMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    series, february = make_series(interval_s=3600), dt.date(2021, 2, 1)
    for month in (february, MONTH):
        write(_month(series, month=month, days=2), origin=Origin())
        fold_days(month, 2)
        write(_month(series, month=month, days=2, seed=9), origin=Origin())
    assert changed() == {(february, series), (MONTH, series)}
    monkeypatch.setattr(folding, "SERIES_AT_ONCE", 1)
    assert folding.refold_some() == 1
    assert changed() == {(february, series)}
    assert_summed_up([series], MONTH)


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_hides_nothing_and_holds_nobody_up() -> None:
    with pytest.raises(LookupError), state.alone() as is_alone:
        assert is_alone
        connection.connection.close()
        raise LookupError
    connection.close()
    with state.alone() as is_alone:
        assert is_alone


@pytest.mark.usefixtures("emptied")
def test_a_month_archived_while_it_is_summed_up_is_not_taken_for_summed_up(make_series: SeriesMaker) -> None:
    series = make_series(interval_s=3600)
    write(_month(series), origin=Origin())
    last = dt.date(2021, 3, 31)
    expected = shown(completeness([series], MONTH, last))
    fold_days(MONTH, 10)
    archive_month("interval", MONTH)
    fold_days(MONTH, DAYS - 10)  # by a process that saw the month online when it began
    assert shown(completeness([series], MONTH, last)) == expected
    return_month("interval", MONTH)
    assert folding.fold()
    assert_summed_up([series], MONTH)


@pytest.mark.django_db
def test_many_changed_months_are_no_more_work_than_they_are_many(make_series: SeriesMaker) -> None:
    series = make_series(interval_s=3600)
    write(_month(series, days=10), origin=Origin())
    fold_days(MONTH, 10)
    many = {"month": MONTH, "after": series, "count": 60_000}
    for insert in (
        "INSERT INTO series_month SELECT m.month, s, m.day_type, m.exponent, m.days, m.complete, m.slots, m.present, "
        "m.suspect, m.estimated, m.maximum, m.total, m.complete_total "
        "FROM series_month m, generate_series(%(after)s::bigint + 1, %(after)s::bigint + %(count)s::bigint) AS s "
        "WHERE m.month = %(month)s AND m.series_id = %(after)s AND m.day_type = 0",
        "INSERT INTO series_month_changed SELECT %(month)s, s "
        "FROM generate_series(%(after)s::bigint + 1, %(after)s::bigint + %(count)s::bigint) AS s",
    ):
        wire.execute(insert, many)
    for setting in ("ANALYZE series_month, series_month_changed", "SET LOCAL work_mem = '1MB'"):
        wire.execute(setting)
    wire.execute("SET LOCAL statement_timeout = '20s'")  # many times what it takes, a small part of all pairs
    assert shown(completeness(None, MONTH, dt.date(2021, 3, 10)))[series] == (240, 240, 0, 0)
