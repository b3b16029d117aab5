"""What is there at the end against what has to be: how items ended, and every value against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.faults.fleet import HEALTHY, Ill
from rig import stored
from rig.private import PrivateSystem
from rig.simulator_process import Simulator

PROFILES = {"profile": "1-0:99.1.0", "daily": "1-0:99.2.0"}
_ITEMS = """
SELECT device.serial_number, job.kind, item.state, item.first_cause, item.last_cause, item.attempts
FROM headend_jobitem item
JOIN headend_job job ON job.id = item.job_id JOIN devices_device device ON device.id = item.device_id
ORDER BY item.id
"""
_MARKS = """
SELECT device.serial_number, mark.obis, mark.until
FROM headend_readmark mark JOIN devices_device device ON device.id = mark.device_id
"""
_INSTALLED = """
SELECT device.serial_number, lower(period)
FROM devices_installation JOIN devices_device device ON device.id = device_id
"""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class End:
    """How an item ended."""

    serial: str
    kind: str
    state: str
    first_cause: str
    last_cause: str
    attempts: int


@dataclass
class Row:
    """What became of all meters with one fault."""

    ill: Ill
    meters: int = 0
    states: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    wrong: list[End] = field(default_factory=list)
    expected: int = 0
    equal: int = 0
    missing: int = 0
    doubled: int = 0
    unlike: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every item ended as it has to, and every value is there once and right."""
        return not (self.wrong or self.unlike or self.missing or self.doubled)

    def take(self, end: End) -> None:
        """Count the end of an item."""
        self.states[end.state] += 1
        self.attempts += end.attempts
        if end.last_cause:
            self.causes[end.last_cause] += 1
        if not self.ill.explains(end.kind, end.state, end.first_cause, end.last_cause):
            self.wrong.append(end)

    def compare(self, serial: str, expected: stored.Registers, found: stored.Registers) -> None:
        """Count the values of a meter: equal where count and sums of a register are those of the truth."""
        for obis, truth in expected.items():
            held = found.get(obis, dict.fromkeys(truth, 0))
            self.expected += truth["rows"]
            self.missing += max(truth["rows"] - held["rows"], 0)
            self.doubled += max(held["rows"] - truth["rows"], 0)
            if held == {name: truth[name] for name in held}:
                self.equal += truth["rows"]
            else:
                self.unlike.append(f"{serial} {obis}: {held}, not {truth}")


def judge(system: PrivateSystem, simulator: Simulator, ill: Mapping[str, Ill]) -> list[Row]:
    """A row per fault, the healthy meters last."""
    rows: dict[Ill, Row] = {}
    ends = [End(*row) for row in system.query(_ITEMS)]
    for serial in simulator.serials:
        row = rows.setdefault(ill.get(serial, HEALTHY), Row(ill.get(serial, HEALTHY)))
        row.meters += 1
    for end in ends:
        rows[ill.get(end.serial, HEALTHY)].take(end)
    _compare_values(system, simulator, ends, {serial: rows[ill.get(serial, HEALTHY)] for serial in simulator.serials})
    return sorted(rows.values(), key=lambda row: row.ill is HEALTHY)


def _compare_values(system: PrivateSystem, simulator: Simulator, ends: Iterable[End], rows: Mapping[str, Row]) -> None:
    """Of what was read well, all a meter holds has to be there; of the rest all up to the read mark.

    A meter whose clock is ahead has rows stamped after now: they are there too, or wait for the next reading because
    nobody asks for the future.
    """
    good = {(end.serial, end.kind) for end in ends if end.state == "ok"}
    marks = {(serial, obis): until for serial, obis, until in system.query(_MARKS)}
    installed: dict[str, datetime] = dict(system.query(_INSTALLED))
    held = {"profile": stored.profiles(system.query), "daily": stored.dailies(system.query)}
    everything, asked_for = simulator.now + timedelta(days=1), simulator.now + _SECOND
    for serial, row in rows.items():
        begin = installed[serial]
        for kind, obis in PROFILES.items():
            mark, found = marks.get((serial, obis)), held[kind].get(serial, {})
            until = everything if (serial, kind) in good else mark + _SECOND if mark else begin
            truth = simulator.truth(serial, begin, until=until, profile=obis)
            if row.ill.ahead and _count(found) < _count(truth):
                truth = simulator.truth(serial, begin, until=asked_for, profile=obis)
            row.compare(serial, truth, found)


def _count(registers: stored.Registers) -> int:
    return sum(truth["rows"] for truth in registers.values())
