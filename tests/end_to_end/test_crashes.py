"""Sudden death in the middle of reading: after starting again nothing is lost and nothing is there twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.models import Device
from headend.services.leases import sweep
from headend.services.read_now import read_now
from headend.wake import wake
from rig import stored
from rig.private import PrivateSystem
from rig.processes import Processes
from rig.simulator_process import Simulator
from rig.stored import Query
from tests.end_to_end.reading import let_leases_run_out, order

SLOW_MS = 5_000
"""A session takes many answers: it is still under way when others have long been done."""


@pytest.fixture
def processes(environment: dict[str, str], tmp_path: Path) -> Iterator[Processes]:
    started = Processes(environment, tmp_path / "processes.log")
    yield started
    started.end()


def test_a_killed_worker_loses_nothing_and_doubles_nothing(demo: Simulator, processes: Processes) -> None:
    _slow_down(demo, demo.serials[1:])
    job = order("profile")
    processes.start("worker")
    processes.until(lambda: job.items.filter(state="ok").exists(), seconds=60, what="the first device is read")
    processes.kill("worker")
    assert job.items.filter(state="running").exists()

    let_leases_run_out()
    sweep()
    demo.clear_faults()
    processes.start("worker")
    wake(job.priority)
    processes.until(lambda: not job.items.open().exists(), seconds=60, what="all devices are read")
    assert job.items.tally() == {"ok": len(demo.serials)}
    _assert_all_is_there_once(demo)


def test_a_waiting_person_overtakes_a_long_bulk_reading(demo: Simulator, processes: Processes) -> None:
    quick, *slow = demo.serials
    _slow_down(demo, slow)
    bulk = order("profile")
    processes.start("worker")
    processes.start("worker-ondemand")
    processes.until(lambda: bulk.items.filter(state="ok").exists(), seconds=60, what="the quick device is read in bulk")
    asked = read_now(device=Device.objects.get(serial_number=quick), user=None)
    processes.until(lambda: not asked.items.open().exists(), seconds=20, what="the on-demand reading is done")
    assert asked.items.tally() == {"ok": 1}
    assert bulk.items.filter(state="running").count() == len(slow)
    demo.clear_faults()


def test_killed_servers_lose_nothing_and_double_nothing(private: PrivateSystem, simulator: Simulator) -> None:
    """The scheduler finds the first readings due; PostgreSQL and Valkey die when some of them are in."""
    private.processes.do("manage.py", "migrate", "--verbosity", "0")
    private.processes.do("manage.py", "demo_load", "--fleet", str(simulator.fleet), "--days", "3")
    _slow_down(simulator, simulator.serials[::2])
    private.processes.start("scheduler")
    private.processes.start("worker")
    done = "SELECT count(*) FROM headend_jobitem WHERE state = 'ok'"
    private.processes.until(lambda: private.number(done) > 0, seconds=60, what="the first device is read")
    private.kill_servers()
    private.let_leases_run_out()
    simulator.clear_faults()
    open_items = "SELECT count(*) FROM headend_jobitem WHERE state IN ('waiting', 'running')"
    private.processes.until(lambda: private.number(open_items) == 0, seconds=60, what="all devices are read")
    assert private.query("SELECT DISTINCT state FROM headend_jobitem") == [("ok",)], private.processes.said()
    _assert_all_is_there_once(simulator, private.query)


def _slow_down(simulator: Simulator, serials: list[str]) -> None:
    for serial in serials:
        simulator.fault(serial, "slow", delay_ms=SLOW_MS)


def _assert_all_is_there_once(simulator: Simulator, query: Query = stored.own) -> None:
    for serial in simulator.serials:
        assert stored.profile(serial, query) == simulator.truth(serial, stored.installed_at(serial, query))
    assert stored.versions(query) == 0
