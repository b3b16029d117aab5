"""The views for foreign programs: what they say, to whom, and at what cost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from psycopg import errors

from access.models import Utility
from metering.models import MeteringPoint
from metering.services.sql_roles import VIEWS
from metering.store import ensure_partitions

from .bi_world import READER, ask, build, drop_roles, signed_in, store_reader
from .samples import DAY, instant, query

pytestmark = pytest.mark.django_db(transaction=True)
JANUARY, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 1)


@pytest.fixture(autouse=True)
def utilities(tmp_path: Path, db: None) -> Iterator[dict[str, Utility]]:
    """Two utilities; the reader may read one of them."""
    ensure_partitions(JANUARY, LAST)
    made = build()
    store_reader(tmp_path, "--utility", "energia")
    yield made
    drop_roles()


def test_values_are_read_in_their_unit() -> None:
    rows = ask(
        "SELECT starts_at, value, quality, status, unit, kind FROM profile_value WHERE day = %s "
        "AND obis = '1-0:32.7.0' ORDER BY starts_at",
        DAY,
    )
    assert len(rows) == 24
    assert rows[0] == (instant(), Decimal("230.1"), 0, 3, "V", "instantaneous")


def test_days_are_added_up() -> None:
    consumed = ask(
        "SELECT day, total, maximum, slots, present, suspect, estimated FROM daily_value "
        "WHERE day BETWEEN %s AND %s AND kind = 'consumption' ORDER BY day",
        DAY,
        DAY + dt.timedelta(days=1),
    )
    assert consumed == [
        (DAY, Decimal("240.0"), Decimal("2.5"), 96, 96, 0, 0),
        (DAY + dt.timedelta(days=1), Decimal("63.0"), Decimal("0.7"), 96, 90, 90, 0),
    ]
    volts = ask("SELECT total, average FROM daily_value WHERE day = %s AND unit = 'V'", DAY)
    assert volts == [(None, Decimal("230.1"))]


def test_register_readings_are_in_their_unit() -> None:
    rows = ask("SELECT at, value, quality, unit, periodicity FROM register_reading WHERE at >= %s", instant())
    assert sorted(rows) == [(instant(), 40_000, 0, "Wh", "daily"), (instant(1), 42_000, 0, "Wh", "daily")]


def test_series_say_what_they_are(utilities: dict[str, Utility]) -> None:
    rows = ask("SELECT obis, unit, kind, periodicity, interval_s, meter, transformer_area FROM series_info ORDER BY 1")
    assert rows == [
        ("1-0:1.29.0", "Wh", "consumption", "interval", 900, "", "T-energia"),
        ("1-0:1.8.0", "Wh", "stand", "daily", None, "LGZ1", "T-energia"),
        ("1-0:32.7.0", "V", "instantaneous", "interval", 3600, "", "T-energia"),
    ]
    point = MeteringPoint.objects.get(utility=utilities["energia"])
    assert ask("SELECT DISTINCT utility, gsrn FROM series_info") == [("energia", point.gsrn)]


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_is_explained(view: str) -> None:
    words = query(
        "SELECT a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute a "
        "WHERE a.attrelid = %s::regclass AND a.attnum > 0",
        view,
    )
    assert [name for name, comment in words if not comment or not comment.endswith(".")] == []
    assert query("SELECT obj_description(%s::regclass, 'pg_class')", view)[0][0]


@pytest.mark.parametrize("view", VIEWS)
def test_a_reader_sees_its_utilities_only(view: str, tmp_path: Path) -> None:
    seen = f"SELECT DISTINCT utility FROM {view} ORDER BY 1"
    assert ask(seen) == [("energia",)]
    store_reader(tmp_path, "--utility", "energia", "--utility", "voima")
    assert ask(seen) == [("energia",), ("voima",)]
    store_reader(tmp_path, "--all-utilities")
    assert ask(seen) == [("energia",), ("voima",)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_reader WHERE role = %s", [READER])
    assert ask(seen) == []
    assert query(seen) == [("energia",), ("voima",)]


@pytest.mark.parametrize("view", VIEWS)
def test_a_condition_that_fails_on_foreign_rows_never_sees_them(view: str) -> None:
    """An error message would give away what the row holds."""
    trap = f"SELECT count(*) FROM {view} WHERE 1 / (CASE WHEN utility = 'voima' THEN 0 ELSE 1 END) = 1"
    assert ask(trap)[0][0] > 0
    with pytest.raises(errors.DivisionByZero), signed_in() as session:
        session.execute(trap.replace("voima", "energia").encode())


@pytest.mark.parametrize(
    "table",
    [
        "metering_customer", "metering_contract", "metering_meteringpoint", "metering_series", "devices_devicekey",
        "access_user", "access_apitoken", "access_auditrecord", "series_day", "series_day_version", "register_value",
        "value_origin", "store_reader", "reader_utility", "series_day_2026_03",
    ],
)  # fmt: skip
def test_nothing_else_is_open(table: str) -> None:
    with signed_in() as session, pytest.raises(errors.InsufficientPrivilege):
        session.execute(f"SELECT * FROM {table}".encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE daily_value SET present = 0",
        "DELETE FROM series_info",
        "INSERT INTO store_reader (role) VALUES (current_user)",
        "CREATE TABLE mine (x integer)",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SET ROLE openaim",
        "ALTER ROLE CURRENT_USER CREATEDB",
    ],
)
def test_nothing_can_be_changed_even_by_a_reader_who_lifts_read_only(statement: str) -> None:
    with signed_in() as session:
        session.execute("SET default_transaction_read_only = off")
        session.commit()
        with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
            session.execute(statement.encode())


def test_a_reader_is_read_only_and_bounded_in_time() -> None:
    with signed_in() as session:
        shown = {
            name: session.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("transaction_read_only", "statement_timeout", "idle_in_transaction_session_timeout")
        }
    assert shown == {
        "transaction_read_only": ("on",),
        "statement_timeout": ("5min",),
        "idle_in_transaction_session_timeout": ("5min",),
    }


RANGES = [
    ("day BETWEEN '2026-03-01' AND '2026-03-31'", {"2026_03"}),
    ("day >= '2026-02-15' AND day < '2026-04-02'", {"2026_02", "2026_03", "2026_04"}),
    ("day = '2026-05-05'", {"2026_05"}),
]


@pytest.mark.parametrize(("condition", "months"), RANGES)
@pytest.mark.parametrize("view", ["profile_value", "daily_value"])
def test_a_range_of_days_reads_its_months_only(view: str, condition: str, months: set[str]) -> None:
    plan = _plan(f"SELECT sum({'value' if view == 'profile_value' else 'total'}) FROM {view} WHERE {condition}")
    assert _partitions(plan) == {f"series_day_{month}" for month in months}


def test_days_may_be_counted_from_today() -> None:
    ((today,),) = query("SELECT current_date")
    plan = _plan("SELECT sum(total) FROM daily_value WHERE day > current_date - 1 AND day <= current_date")
    assert _partitions(plan) == {f"series_day_{today:%Y_%m}"}


def test_a_range_of_instants_reads_its_months_only() -> None:
    march = "at >= '2026-03-01 00:00+00' AND at < '2026-04-01 00:00+00'"
    plan = _plan(f"SELECT max(value) FROM register_reading WHERE {march}")
    assert _partitions(plan) == {"register_value_2026_03"}


def test_a_series_is_found_by_the_primary_key() -> None:
    plan = _plan("SELECT value FROM profile_value WHERE series_id = 42 AND day = '2026-03-10'")
    (node,) = [node for node in _nodes(plan) if node.get("Relation Name") == "series_day_2026_03"]
    assert node["Index Name"] == "series_day_2026_03_pkey"
    assert "series_id = 42" in node["Index Cond"]


def test_daily_values_decode_nothing() -> None:
    plan = _plan("SELECT * FROM daily_value WHERE day = '2026-03-10'")
    read = {column for node in _nodes(plan) if "Relation Name" in node for column in node.get("Output", ())}
    assert any(column.endswith(".total") for column in read)
    assert not {column.rpartition(".")[2].strip('"') for column in read} & {"values", "quality", "status", "arrivals"}
    assert "block_" not in json.dumps(plan)
    assert not [node for node in _nodes(plan) if node["Node Type"] == "Function Scan"]


def _plan(sql: str) -> dict[str, Any]:
    """The plan of a query of the reader's."""
    plan: dict[str, Any] = ask(f"EXPLAIN (FORMAT JSON, VERBOSE) {sql}")[0][0][0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _partitions(plan: dict[str, Any]) -> set[str]:
    names = {str(node.get("Relation Name", "")) for node in _nodes(plan)}
    return {name for name in names if name.startswith(("series_day", "register_value"))}
