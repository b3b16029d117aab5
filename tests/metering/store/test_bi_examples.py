"""The examples in plain SQL do what their text says, for a reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aim import places
from tests.docs.pages import Document

from .bi_world import ask, build, drop_roles, store_reader
from .samples import DAY, instant

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = Document(places.BASE / "docs" / "how-to" / "use-the-values-in-sql.md").blocks("sql")


@pytest.fixture(autouse=True)
def reader(tmp_path: Path, db: None) -> Iterator[None]:
    build()
    store_reader(tmp_path, "--utility", "energia")
    yield
    drop_roles()


def _rows(number: int) -> list[tuple[Any, ...]]:
    return ask(EXAMPLES[number])


def test_energy_per_day_and_area() -> None:
    assert _rows(0) == [
        (DAY, "T-energia", Decimal("0.24"), 1),
        (DAY + dt.timedelta(days=1), "T-energia", Decimal("0.063"), 1),
    ]


def test_the_load_curve_of_a_local_day() -> None:
    """The values begin at midnight UTC, two hours into the day of Helsinki."""
    rows = _rows(1)
    assert len(rows) == 88
    assert rows[0][1:] == (Decimal("2.5"), 0)
    assert [rows[row][0].isoformat() for row in (0, -1)] == ["2026-03-10T02:00:00", "2026-03-10T23:45:00"]


def test_the_highest_hour() -> None:
    assert [(row[0].date(), row[1]) for row in _rows(2)] == [(DAY, Decimal("0.01"))]


def test_how_complete_days_are() -> None:
    assert _rows(3) == [
        (DAY, "energia", Decimal("100.00"), 0, 0),
        (DAY + dt.timedelta(days=1), "energia", Decimal("93.75"), 90, 0),
    ]


def test_registers_at_the_beginning() -> None:
    assert [row[1:] for row in _rows(4)] == [("1-0:1.8.0", instant(), 40_000, "Wh")]


def test_no_example_is_left_out() -> None:
    assert len(EXAMPLES) == 5
