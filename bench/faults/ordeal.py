"""Letting the product read the fleet while its workers are killed in turn, and both servers once."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.faults.load import Load
from rig.private import PrivateSystem

ORDERS = 3
"""Load profile, billing values, event logs: what the schedules of the demo order at once."""
_SERVERS_AT = 2
_LOOK_S = 0.5
_OPEN = "SELECT count(*) FROM headend_jobitem WHERE state IN ('waiting', 'running')"
_JOBS = "SELECT count(*) FROM headend_job"


@dataclass
class Ordeal:
    """One run: what was killed, and how long it took."""

    system: PrivateSystem
    load: Load
    killed: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    seconds: float = 0.0

    def run(self) -> None:
        """From the first order to the last item ended, or to the end of the patience."""
        for name in (*self._workers(), "scheduler"):
            self._start(name)
        self.system.processes.until(lambda: self._number(_JOBS) >= ORDERS, seconds=60, what="the first orders")
        self.system.execute("UPDATE headend_schedule SET enabled = false")
        begun = time.monotonic()
        self._kill_until_done(begun)
        self.seconds = time.monotonic() - begun

    def open_items(self) -> int:
        """How many items have not ended."""
        return self._number(_OPEN)

    def _kill_until_done(self, begun: float) -> None:
        victims = itertools.islice(itertools.cycle(self._workers()), self.load.kills)
        kill_at = begun + self.load.kill_every_s
        while self.open_items() and time.monotonic() < begun + self.load.at_most_s:
            time.sleep(_LOOK_S)
            if time.monotonic() >= kill_at and (victim := next(victims, None)):
                self._kill(victim)
                kill_at = time.monotonic() + self.load.kill_every_s

    def _kill(self, name: str) -> None:
        process = self.system.processes.kill(name)
        self.killed[name] += 1
        if self.killed.total() == _SERVERS_AT:
            self.system.kill_servers()
            self.restarts += 1
        if self.load.hasty:
            self.system.let_leases_run_out(process)
        self._start(name)

    def _workers(self) -> list[str]:
        return [f"worker {number}" for number in range(1, self.load.workers + 1)]

    def _start(self, name: str) -> None:
        self.system.processes.start(name.partition(" ")[0], name)

    def _number(self, sql: str) -> int:
        return self.system.number(sql)
