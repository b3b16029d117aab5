"""Two writers of the same days while PostgreSQL is killed again and again: nothing lost, nothing doubled."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from metering.store.blocks import unpack_values
from rig.private import PrivateSystem
from rig.processes import CLONE
from tests.end_to_end.writer import AGAIN, DAYS, SHARED, SLOTS, value

SERIES = 4
KILLS = 3
BETWEEN = 10
"""Rounds each writer commits between two kills."""


def test_two_writers_and_a_killed_server(private: PrivateSystem) -> None:
    private.processes.do("manage.py", "migrate", "--verbosity", "0")
    series = [int(line) for line in private.processes.do("-m", "tests.end_to_end.make_series", str(SERIES)).split()]
    logs = [private.folder / f"writer{number}.log" for number in range(2)]
    writers = [_start(private, number, series, log) for number, log in enumerate(logs)]
    try:
        for _ in range(KILLS):
            _wait_for_more(private, logs, _committed, BETWEEN)
            private.kill_server("postgres")
            _wait_for_more(private, logs, _failed, 1)
            private.start_servers()
        _wait_for_more(private, logs, _committed, BETWEEN)
        _enough(private).touch()
        assert [writer.wait(timeout=120) for writer in writers] == [0, 0], [log.read_text() for log in logs]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    _assert_all_is_there_once(private, series, [_committed(log) for log in logs])


def _start(private: PrivateSystem, number: int, series: list[int], log: Path) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "tests.end_to_end.writer", str(number), str(_enough(private)), *map(str, series)]
    environment = {**private.processes.environment, "DJANGO_SETTINGS_MODULE": "aim.settings"}
    with log.open("wb") as output:
        return subprocess.Popen(words, cwd=CLONE, env=environment, stdout=output, stderr=output)


def _enough(private: PrivateSystem) -> Path:
    return private.folder / "enough"


def _wait_for_more(private: PrivateSystem, logs: list[Path], count: Callable[[Path], int], more: int) -> None:
    """Until `count` of every log has grown by `more`."""
    least = [count(log) + more for log in logs]
    grown = partial(_reached, logs, count, least)
    private.processes.until(grown, seconds=60, what=f"{more} more of {count.__name__} in {least}")


def _reached(logs: list[Path], count: Callable[[Path], int], least: list[int]) -> bool:
    return all(count(log) >= each for log, each in zip(logs, least, strict=True))


def _committed(log: Path) -> int:
    return sum(line != AGAIN for line in log.read_text().splitlines())


def _failed(log: Path) -> int:
    return log.read_text().splitlines().count(AGAIN)


def _assert_all_is_there_once(private: PrivateSystem, series: list[int], rounds: list[int]) -> None:
    rows = private.query("SELECT series_id, day, values, version FROM series_day ORDER BY series_id, day")
    assert len(rows) == SERIES * DAYS
    values = unpack_values([row[2] for row in rows], SLOTS)
    own = np.arange(SLOTS) % 3
    for number in range(2):
        assert set(values[:, own == number].ravel().tolist()) == {value(number, rounds[number] - 1)}
    lasts = {value(number, rounds[number] - 1) for number in range(2)}
    assert set(values[:, own == SHARED].ravel().tolist()) <= lasts
    kept = private.query(
        "SELECT series_id, day, version, first_slot, values FROM series_day_version ORDER BY series_id, day, version"
    )
    assert [row[:3] for row in kept] == [(*row[:2], version) for row in rows for version in range(1, row[3])]
    for row, present in zip(rows, values, strict=True):
        states = [*(_laid_out(int(each[3]), each[4]) for each in kept if each[:2] == row[:2]), present]
        for number in range(2):
            slot = number  # the first slot that is this writer's alone
            seen = [int(state[slot]) for state in states if state[slot] >= 0]
            distinct = [one for one, before in zip(seen, [None, *seen], strict=False) if one != before]
            assert distinct == [value(number, round_) for round_ in range(rounds[number])]


def _laid_out(first_slot: int, block: bytes) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """A kept stretch in its place in the day, -1 elsewhere."""
    day = np.full(SLOTS, -1)
    part = unpack_values([block], len(block) // 4)[0]
    day[first_slot : first_slot + len(part)] = part
    return day
