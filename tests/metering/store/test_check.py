"""`manage.py store check`: a sound store passes; damage of each kind is named, and repaired where it can be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection

from metering.intervals import day_number
from metering.quality import Quality
from metering.store import (
    Batch,
    Origin,
    RegisterBatch,
    ensure_ahead,
    ensure_partitions,
    place,
    wire,
    write,
    write_registers,
)
from metering.store.check.findings import ADVICE, Fault

from .conftest import SeriesMaker
from .summing_up import assert_summed_up, changed, fold_days, forget_all, refold

pytestmark = pytest.mark.django_db
MONTH = dt.date(2021, 3, 1)
DAY = dt.date(2021, 3, 9)


@pytest.fixture
def series(make_series: SeriesMaker) -> int:
    """A series with appended, corrected and doubtful values, all summed up; and one with register values."""
    forget_all()
    ensure_ahead()
    one, register = make_series(interval_s=3600), make_series.register()
    for seed in (1, 2):
        _write(one, seed)
        _register(register, seed)
    _append(one)
    fold_days(MONTH, 31)
    return one


def _write(series: int, seed: int) -> None:
    values = np.random.default_rng(seed).integers(-5, 2**33, (31, 24))
    days = np.arange(day_number(MONTH), day_number(MONTH) + 31, dtype=np.int32)
    quality = np.full(values.shape, Quality.SUSPECT if seed == 1 else Quality.MEASURED, np.uint8)
    write(Batch(3600, np.full(31, series), days, values, quality), origin=Origin())


def _register(series: int, seed: int) -> None:
    at = np.array([day_number(DAY) * 86_400], np.int64)
    write_registers(RegisterBatch(np.array([series]), at, np.array([seed])), origin=Origin())


def _append(series: int) -> None:
    start = day_number(dt.date(2021, 4, 1)) * 86_400
    for hour in range(3):
        write(place(3600, series, [start + hour * 3600], [hour]).batch, origin=Origin())


def _check(*arguments: str) -> tuple[bool, str]:
    """Whether the exit status is 0, and what is printed."""
    out = StringIO()
    try:
        call_command("store", "check", *arguments, stdout=out)
    except SystemExit as ended:
        assert ended.code == 1
        return False, out.getvalue()
    return True, out.getvalue()


def _faults(*arguments: str) -> dict[str, int]:
    sound, printed = _check("--json", *arguments)
    *found, conclusion = [json.loads(line) for line in printed.splitlines()]
    assert sound == (conclusion["found"] == conclusion["repaired"])
    assert all(each["advice"] == ADVICE[Fault(each["fault"])] for each in found)
    faults: dict[str, int] = conclusion["faults"]
    return faults


def _damage(sql: str, *parameters: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount != 0


def test_a_sound_store_is_called_so(series: int) -> None:
    sound, printed = _check()
    assert sound
    assert printed.splitlines()[-1] == "The store is sound"
    assert "blocks of 2021-03, from series" in printed
    assert _faults() == {}


ROW = "UPDATE series_day SET {} WHERE series_id = %s AND day = '2021-03-09'"
BLOCKS: dict[str, tuple[str, dict[str, int]]] = {
    "octets missing": (ROW.format("values = substring(values FROM 2)"), {"block": 1, "histogram": 1}),
    "another interval length": (ROW.format("interval_s = 7"), {"block": 1, "sums": 1, "histogram": 1}),
    "quality too long": (ROW.format("quality = '\\x0000'"), {"block": 1}),
    "a status word cut off": (ROW.format("status = '\\x000000'"), {"block": 1}),
    "present": (ROW.format("present = present - 1"), {"summary": 1, "sums": 1, "histogram": 1}),
    "suspect": (ROW.format("suspect = 3"), {"summary": 1, "sums": 1}),
    "estimated": (ROW.format("estimated = 3"), {"summary": 1, "sums": 1}),
    "total": (ROW.format("total = total + total"), {"summary": 1, "sums": 1, "histogram": 1}),
    "maximum": (ROW.format("maximum = 2::bigint ^ 40"), {"summary": 1, "sums": 1}),
    "no maximum": (ROW.format("maximum = NULL"), {"summary": 1}),
    "version": (ROW.format("version = 7"), {"versions": 1}),
    "arrivals": (
        "UPDATE series_day SET arrivals = substring(arrivals FROM 2) WHERE series_id = %s AND day = '2021-04-01'",
        {"arrivals": 1},
    ),
    "arrivals beyond the day": (
        "UPDATE series_day SET arrivals = '\\x170401' WHERE series_id = %s AND day = '2021-04-01'",
        {"arrivals": 1},
    ),
    "a former state lost": (
        "DELETE FROM series_day_version WHERE series_id = %s AND day = '2021-03-09'",
        {"versions": 1},
    ),
    "a block lost": (
        "DELETE FROM series_day WHERE series_id = %s AND day = '2021-03-09'",
        {"no_block": 1, "sums": 1, "histogram": 1},
    ),
    "sums": (
        "UPDATE series_month SET complete = complete + 1 WHERE series_id = %s AND day_type = 1",
        {"sums": 1},
    ),
    "a histogram": (
        "UPDATE series_month_histogram SET totals = '' WHERE series_id = %s AND day_type = 1",
        {"histogram": 1},
    ),
}


@pytest.mark.parametrize("case", BLOCKS)
def test_damaged_rows_are_named(series: int, case: str) -> None:
    sql, expected = BLOCKS[case]
    _damage(sql, series)
    assert _faults() == expected
    sound, printed = _check()
    assert not sound
    assert f"series {series}, 2021-0" in printed
    assert all(ADVICE[Fault(fault)] in printed for fault in expected)


@pytest.mark.parametrize("case", ["present", "suspect", "total", "no maximum", "sums", "a histogram"])
def test_what_follows_from_the_values_is_repaired(series: int, case: str) -> None:
    before = _summaries(series)
    _damage(BLOCKS[case][0], series)
    assert _faults("--repair-summaries") == BLOCKS[case][1]
    assert _summaries(series) == before
    assert changed() == {(MONTH, series)}
    refold()
    assert_summed_up([series], MONTH)
    assert _faults() == {}


def test_what_cannot_be_repaired_stays_a_fault(series: int) -> None:
    _damage(BLOCKS["octets missing"][0], series)
    sound, printed = _check("--repair-summaries")
    assert not sound
    assert printed.splitlines()[-1] == "Faults found: 2, repaired: 1"  # the histogram no longer counts the day


def _summaries(series: int) -> list[tuple[object, ...]]:
    return wire.fetch(
        "SELECT day, present, suspect, estimated, total, maximum FROM series_day WHERE series_id = %(s)s ORDER BY 1",
        {"s": series},
    )


def test_rows_that_refer_to_nothing_are_named(series: int) -> None:
    _damage("UPDATE series_day SET series_id = 1000000 + series_id WHERE series_id = %s AND day = '2021-04-01'", series)
    assert _faults() == {"no_series": 1}
    entry = wire.fetch("SELECT origin_id FROM register_value")[0][0]
    _damage("DELETE FROM value_origin WHERE id = %s", entry)
    assert _faults("--month", "2021-03")["no_ledger"] >= 1
    _damage("UPDATE register_value_version SET at = at + interval '1 hour'")
    assert _faults("--month", "2021-03")["no_block"] == 1


TABLES: dict[str, tuple[Callable[[], None], str, dict[str, int]]] = {
    "dropped": (
        lambda: _damage("DROP TABLE series_day_version_2021_05"),
        "series_day_version_2021_05: the table of the month is missing",
        {"no_table": 1},
    ),
    "detached": (
        lambda: _damage("ALTER TABLE register_value DETACH PARTITION register_value_2021_05"),
        "register_value_2021_05: not part of register_value",
        {"no_table": 1, "loose_table": 1},
    ),
    "default": (
        lambda: _damage("CREATE TABLE series_day_rest PARTITION OF series_day DEFAULT"),
        "series_day_rest: part of series_day, but not a month of it: DEFAULT",
        {"foreign_table": 1},
    ),
    "another month": (
        lambda: _damage(
            "CREATE TABLE register_value_1999_01 PARTITION OF register_value "
            "FOR VALUES FROM ('1999-01-01') TO ('1999-03-01')"
        ),
        "register_value_1999_01: part of register_value, but not a month of it",
        {"foreign_table": 1, "no_table": 1},
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_tables_that_are_not_as_they_should_be_are_named(series: int, case: str) -> None:
    damage, words, expected = TABLES[case]
    ensure_partitions(dt.date(2021, 5, 1), dt.date(2021, 5, 1))
    damage()
    assert _faults() == expected
    assert words in _check()[1]


def test_only_the_month_asked_for_is_looked_at(series: int) -> None:
    _damage(BLOCKS["version"][0], series)
    assert _faults("--month", "2021-04") == {}
    assert _faults("--month", "2021-03") == {"versions": 1}


def test_many_faults_of_a_kind_are_counted(series: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metering.store_commands.check.SHOWN", 3)
    monkeypatch.setattr("metering.store.check.repair.REPAIRED_AT_ONCE", 4)
    monkeypatch.setattr("metering.store.check.blocks.ROWS_AT_ONCE", 5)
    _damage("UPDATE series_day SET suspect = 9 WHERE series_id = %s", series)
    printed = _check("--month", "2021-03")[1]
    assert "31 × summary (28 not shown)" in printed
    assert _check("--repair-summaries")[0]
    refold()
    assert _faults() == {}
