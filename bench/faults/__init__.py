"""A fleet full of faults, read while workers are killed and the servers once: what is there at the end is right.

The product's own processes on servers of their own, the simulator as another process. Every item ends in a named state
with the cause its meter's fault has, what is stored is what the meters say they hold, and nothing was stored twice.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.faults.fleet import Ill, make_ill
from bench.report import Figure
from rig import stored
from rig.private import PrivateSystem
from rig.simulator_process import Simulator, make_fleet

KILLED_EVERY_S = 20.0
_DAYS = 2
_GIVEN_UP_S = 1_500
_ITEMS = """
SELECT device.serial_number, item.state, item.last_cause FROM headend_jobitem item
JOIN headend_job job ON job.id = item.job_id JOIN devices_device device ON device.id = item.device_id
WHERE job.kind = 'profile'
"""
_OPEN = "SELECT count(*) FROM headend_jobitem WHERE state IN ('waiting', 'running')"
_WORKERS = ("worker", "worker-ondemand")


def run(quick: bool) -> Iterator[Figure]:
    """1,000 meters, or 100 when `quick`."""
    now = datetime.now(UTC).replace(microsecond=0)
    with _private() as system:
        fleet = make_fleet(system.folder / "fleet.json", meters=100 if quick else 1_000, seed=11, now=now)
        ill = make_ill(fleet, now)
        _load(system, fleet)
        simulator = Simulator(fleet, now)
        try:
            begun = time.monotonic()
            kills = _read_while_killing(system)
            seconds = time.monotonic() - begun
            yield from _judge(system, simulator, ill)
        finally:
            simulator.stop()
    yield Figure("workers killed", kills, "times")
    yield Figure("from the first order to the last item ended", seconds, "s")


@contextmanager
def _private() -> Iterator[PrivateSystem]:
    folder = Path(tempfile.mkdtemp(prefix="aim-"))
    folder.chmod(0o755)
    system = PrivateSystem(folder)
    try:
        yield system
    finally:
        system.stop()
        shutil.rmtree(folder)


def _load(system: PrivateSystem, fleet: Path) -> None:
    system.processes.do("manage.py", "migrate", "--verbosity", "0")
    system.processes.do("manage.py", "demo_load", "--fleet", str(fleet), "--days", str(_DAYS))


def _read_while_killing(system: PrivateSystem) -> int:
    """Let the schedules order, kill workers again and again and both servers once; how often a worker was killed."""
    for name in (*_WORKERS, "scheduler"):
        system.processes.start(name)
    system.processes.until(lambda: system.number(_OPEN) > 0, seconds=60, what="the first order")
    system.execute("UPDATE headend_schedule SET enabled = false")
    kills, end = 0, time.monotonic() + _GIVEN_UP_S
    while system.number(_OPEN) and time.monotonic() < end:
        time.sleep(KILLED_EVERY_S)
        kills += 1
        name = _WORKERS[kills % 4 == 0]
        system.processes.kill(name)
        if kills == 2:
            system.kill_servers()
        system.processes.start(name)
    return kills


def _judge(system: PrivateSystem, simulator: Simulator, ill: dict[str, Ill]) -> Iterator[Figure]:
    ends = {serial: (state, cause) for serial, state, cause in system.query(_ITEMS)}
    wrong = [each for each in ends.items() if not _as_expected(ill.get(each[0]), *each[1])]
    others = [
        serial for serial, (state, _) in ends.items() if state == "ok" and not _is_true(system, simulator, serial)
    ]
    for serial, end in wrong:
        print(f"{serial} {ill.get(serial)}: {end}")
    print("not as the meter says:", *others)
    yield Figure("items not ended", system.number(_OPEN), "items", 0, "at_most")
    yield Figure("meters read whose values are not those they hold", len(others), "meters", 0, "at_most")
    yield Figure("values stored twice with another content", stored.versions(system.query), "values", 0, "at_most")
    yield Figure("meters that ended otherwise than their fault says", len(wrong), "meters", 0, "at_most")
    yield Figure("meters", len(ends), "meters")


def _as_expected(ill: Ill | None, state: str, cause: str) -> bool:
    causes = ill.causes if ill else ("",)
    return cause in causes and (state == "ok") == (cause == "")


def _is_true(system: PrivateSystem, simulator: Simulator, serial: str) -> bool:
    begin = stored.installed_at(serial, system.query) + timedelta(0)
    return stored.profile(serial, system.query) == simulator.truth(serial, begin)
