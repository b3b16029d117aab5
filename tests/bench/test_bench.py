"""The frame of the benchmarks, and the store benchmark on a toy load: that it measures, not how much."""

from __future__ import annotations

import json
import subprocess
import sys
from unittest.mock import patch

import pytest
from django.db import connection

from bench import report, store
from bench.__main__ import main, names
from bench.report import Figure


def test_goals_point_in_their_direction() -> None:
    assert Figure("speed", 12, "times", 12).ok
    assert not Figure("speed", 11.9, "times", 12).ok
    assert Figure("size", 0.1, "times", 0.1, "at_most").ok
    assert not Figure("size", 0.2, "times", 0.1, "at_most").ok
    assert Figure("baseline", 1, "values/s").ok


def test_json_has_one_object_with_the_promised_keys() -> None:
    figures = [Figure("write", 13.456, "times", 12), Figure("size", 2, "times", 0.1, "at_most"), Figure("rows", 5, "")]
    found = json.loads(report.as_json("store", figures))
    assert list(found) == ["name", "machine", "figures"]
    assert found["figures"] == [
        {"figure": "write", "value": 13.46, "unit": "times", "goal": 12, "at_least": 12, "ok": True},
        {"figure": "size", "value": 2, "unit": "times", "goal": 0.1, "at_most": 0.1, "ok": False},
        {"figure": "rows", "value": 5, "unit": "", "goal": None, "ok": True},
    ]


def test_table_marks_what_missed_its_goal() -> None:
    lines = report.table(
        "store", [Figure("write", 11, "times", 12), Figure("read", 3, "ms", 15, "at_most")]
    ).splitlines()
    assert lines[1].endswith("≥ 12  MISSED")
    assert lines[2].endswith("≤ 15  ok")


def test_benchmarks_are_found_by_name() -> None:
    assert "store" in names()
    assert not {"__main__", "bare", "demo", "report", "rounds", "scratch"} & set(names())


def test_unknown_benchmark_is_refused_with_the_names() -> None:
    done = subprocess.run([sys.executable, "-m", "bench", "nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "store" in done.stderr


def test_a_size_is_only_for_benchmarks_that_take_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end, patch.object(sys, "argv", ["bench", "store", "--meters", "40"]):
        main()
    assert end.value.code == 2
    assert "store takes no --meters" in capsys.readouterr().err


@pytest.mark.django_db
def test_store_benchmark_reports_every_figure_of_the_promise() -> None:
    figures = {
        figure.figure: figure for figure in store.measure(store.Load(series=20, days=2, appended=2, year=1, month=3))
    }
    assert figures["values"].value == 20 * 2 * 96
    assert figures["write, against row per value"].goal == 12
    assert figures["size, against row per value"].goal == 1 / 12
    assert figures["read a series-year"].goal == 10
    assert all(figure.value > 0 for figure in figures.values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(value) FROM row_per_value WHERE at >= '2027-01-01' AND at < '2028-01-01'")
        by_row = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), sum(value) FROM profile_value WHERE day >= '2027-01-01' AND day < '2028-01-01'"
        )
        assert cursor.fetchone() == by_row


def test_scratch_database_is_gone_afterwards() -> None:
    program = (
        "import os\n"
        "from bench.scratch import scratch_database\n"
        "with scratch_database('trial'):\n"
        "    from django.db import connection\n"
        "    print(connection.settings_dict['NAME'], os.environ['DATABASE_URL'].rsplit('/', 1)[1])\n"
        "    from metering.models import Series\n"
        "    assert Series.objects.count() == 0\n"
        "with connection._nodb_cursor() as cursor:\n"
        "    cursor.execute(\"SELECT count(*) FROM pg_database WHERE datname LIKE 'bench_trial_%'\")\n"
        "    print(cursor.fetchone()[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    name, exported, left = done.stdout.split()
    assert name == exported
    assert left == "0"


@pytest.mark.parametrize("name", ["acquire", "screens"])
def test_a_benchmark_of_the_whole_product_runs_to_its_end(name: str) -> None:
    """Whether goals are met is not for a test: it says nothing on a machine that does other things as well."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick", "--json"], capture_output=True, text=True, check=False
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["name"] == name
    assert any(figure["goal"] for figure in found["figures"])
    assert done.returncode == (0 if all(figure["ok"] for figure in found["figures"]) else 1)
