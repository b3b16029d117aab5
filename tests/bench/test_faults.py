"""The judge of the fault matrix: which ends and values it takes for right, and what it tells of the others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bench.faults.fleet import HEALTHY, Ill, faults
from bench.faults.judge import End, Row
from bench.faults.table import matrix
from simulator.faults import KINDS

CUT = Ill("cut", {"after_bytes": 1_500}, "connection_cut", well=frozenset({"daily"}))
TRUTH = {"1-0:1.8.0": {"rows": 4, "sum": 40, "intervals": 3, "energy": 6}}


def test_every_fault_of_the_simulator_is_in_the_matrix() -> None:
    assert {ill.kind for ill in faults(datetime(2026, 11, 21, tzinfo=UTC))} == set(KINDS)


@pytest.mark.parametrize(
    ("ill", "kind", "end", "right"),
    [
        (HEALTHY, "profile", ("ok", "", ""), True),
        (HEALTHY, "profile", ("ok", "worker_lost", ""), True),
        (HEALTHY, "profile", ("ok", "garbage", ""), False),
        (HEALTHY, "profile", ("failed", "worker_lost", "worker_lost"), False),
        (CUT, "profile", ("failed", "connection_cut", "connection_cut"), True),
        (CUT, "profile", ("failed", "database_away", "connection_cut"), True),
        (CUT, "profile", ("failed", "no_answer", "connection_cut"), False),
        (CUT, "profile", ("failed", "connection_cut", "no_answer"), False),
        (CUT, "profile", ("waiting", "connection_cut", "connection_cut"), False),
        (CUT, "profile", ("ok", "connection_cut", ""), False),
        (CUT, "daily", ("ok", "", ""), True),
        (CUT, "daily", ("failed", "connection_cut", "connection_cut"), False),
    ],
)
def test_an_item_ends_as_the_fault_says(ill: Ill, kind: str, end: tuple[str, str, str], right: bool) -> None:
    assert ill.explains(kind, *end) is right


@pytest.mark.parametrize(
    ("held", "counts"),
    [
        (TRUTH, (4, 4, 0, 0)),
        ({}, (4, 0, 4, 0)),
        ({"1-0:1.8.0": {"rows": 3, "sum": 30, "intervals": 2, "energy": 4}}, (4, 0, 1, 0)),
        ({"1-0:1.8.0": {"rows": 5, "sum": 50, "intervals": 3, "energy": 6}}, (4, 0, 0, 1)),
        ({"1-0:1.8.0": {"rows": 4, "sum": 41, "intervals": 3, "energy": 6}}, (4, 0, 0, 0)),
        ({"1-0:1.8.0": {"rows": 4, "sum": 40}}, (4, 4, 0, 0)),
    ],
)
def test_values_are_counted(held: dict[str, dict[str, int]], counts: tuple[int, int, int, int]) -> None:
    row = Row(HEALTHY, meters=1)
    row.compare("M1", TRUTH, held)
    assert (row.expected, row.equal, row.missing, row.doubled) == counts
    assert row.ok is (counts == (4, 4, 0, 0))


def test_the_table_tells_what_is_wrong_and_the_verdict() -> None:
    row = Row(CUT, meters=2)
    for number in range(5):
        row.take(End(f"M{number}", "profile", "failed", "connection_cut", "no_answer", 3))
    lines = matrix([row, Row(HEALTHY, meters=1)], passed=False).splitlines()
    assert lines[1].split("  ")[0] == "cut after_bytes=1500"
    assert "5 no_answer" in lines[1]
    assert lines[1].endswith("WRONG")
    assert lines[2].endswith("ok")
    assert lines[-2] == "cut after_bytes=1500: and 2 more"
    assert lines[-1] == "FAIL: 3 meters"
