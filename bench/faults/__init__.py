"""A fleet full of faults, read while workers are killed and the servers once: what is there at the end is right.

The product's own processes on servers of their own, the simulator as another process. Every item ends in a named state
with the cause its meter's fault has, what is stored is what the meters say they hold, and nothing was stored twice.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.faults.fleet import make_ill
from bench.faults.judge import Row, judge
from bench.faults.load import Load
from bench.faults.ordeal import Ordeal
from bench.faults.prepare import prepare
from bench.faults.table import matrix
from bench.report import Figure
from rig import stored
from rig.private import PrivateSystem
from rig.simulator_process import Simulator, make_fleet

QUICK = Load(meters=40, workers=2, kill_every_s=3.0, kills=3, at_most_s=240.0, hasty=True)
FEWEST = 20
"""So many meters are needed that each fault has one and some have none."""


def run(quick: bool, meters: int | None = None, minutes: float | None = None) -> list[Figure]:
    """1,000 meters, or a hasty run over 40 when `quick`; given that many `meters`, given up after `minutes`."""
    load = QUICK if quick else Load()
    if meters is not None:
        load = replace(load, meters=max(meters, FEWEST))
    if minutes is not None:
        load = replace(load, at_most_s=60 * minutes)
    return measure(load)


def measure(load: Load) -> list[Figure]:
    """One run: prints the table of faults, returns the figures."""
    now = datetime.now(UTC).replace(microsecond=0)
    with _private() as system:
        fleet = make_fleet(system.folder / "fleet.json", meters=load.meters, seed=11, now=now)
        ill = make_ill(fleet, now)
        # Its ports are free now: whoever waits may find them taken.
        with _on_network(fleet, now) as simulator:
            prepare(system, fleet, load)
            ordeal = Ordeal(system, load)
            ordeal.run()
            rows = judge(system, simulator, ill)
        found = figures(ordeal, rows, stored.versions(system.query))
        print(matrix(rows, passed=all(figure.ok for figure in found)))
        return found


def figures(ordeal: Ordeal, rows: Sequence[Row], versions: int) -> list[Figure]:
    """The verdict in numbers; a run in which nobody was killed proves nothing."""
    killed = ordeal.killed
    bad = [("items not ended", ordeal.open_items(), "items")]
    bad.append(("items that ended otherwise than the fault says", sum(len(row.wrong) for row in rows), "items"))
    bad.append(("registers unlike the truth", sum(len(row.unlike) for row in rows), "registers"))
    bad.append(("values missing", sum(row.missing for row in rows), "values"))
    bad.append(("values too many, or stored twice", sum(row.doubled for row in rows) + versions, "values"))
    return [
        Figure("meters", sum(row.meters for row in rows), "meters"),
        *(Figure(name, value, unit, 0, "at_most") for name, value, unit in bad),
        Figure("values equal to the truth", sum(row.equal for row in rows), "values", 1),
        Figure("workers killed", killed.total(), "times", 2),
        Figure("PostgreSQL and Valkey killed", ordeal.restarts, "times", 1),
        Figure("from the first order to the last item ended", ordeal.seconds, "s", ordeal.load.at_most_s, "at_most"),
    ]


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


@contextmanager
def _on_network(fleet: Path, now: datetime) -> Iterator[Simulator]:
    simulator = Simulator(fleet, now)
    try:
        yield simulator
    finally:
        simulator.stop()
