"""The processes of the running demo, on file: a second start finds a demo at work, or the remains of a killed one."""

import contextlib
import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from aim import places
from aim.embedded.process import until

END_S = 8.0


class AlreadyRunningError(Exception):
    """A demo runs in this clone; the message says which."""


class Record:
    """The file var/demo.json: each process with its time of birth, since numbers alone are given out again."""

    def __init__(self, path: Path = places.VAR / "demo.json") -> None:
        self.path = path

    def check(self) -> int:
        """End what a killed demo left running; returns how many processes that were.

        Raises AlreadyRunningError if the demo on file is alive.
        """
        known = self._read()
        if known and (process := _alive(known["launcher"])):
            url = f"http://127.0.0.1:{known['port']}/"
            raise AlreadyRunningError(f"a demo already runs in this clone: {url} (process {process.pid})")
        remains = [process for entry in known.get("children", []) if (process := _alive(entry))]
        end(remains)
        self.clear()
        return len(remains)

    def note(self, port: int, children: Iterable[psutil.Process]) -> None:
        """Write down the processes as they are now."""
        entries = [entry for child in children if (entry := _entry(child))]
        content = {"port": port, "launcher": _entry(psutil.Process()), "children": entries}
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(content))
        draft.replace(self.path)

    def clear(self) -> None:
        """The demo has ended."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.path.read_text()))
        except FileNotFoundError:
            return {}


def end(processes: list[psutil.Process]) -> None:
    """End the processes: asked first, killed if that takes too long."""
    for ask in (psutil.Process.terminate, psutil.Process.kill):
        running = [process for process in processes if runs(process)]
        for process in running:
            with contextlib.suppress(psutil.NoSuchProcess):
                ask(process)
        if until(partial(_none_runs, running), END_S):
            return


def _none_runs(processes: list[psutil.Process]) -> bool:
    return not any(runs(process) for process in processes)


def runs(process: psutil.Process) -> bool:
    """False for a process that has ended, also if nobody has asked for its status yet."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _entry(process: psutil.Process) -> list[float]:
    """Number and time of birth; empty for a process that has just gone."""
    try:
        return [process.pid, process.create_time()]
    except psutil.NoSuchProcess:
        return []


def _alive(entry: list[float]) -> psutil.Process | None:
    try:
        process = psutil.Process(int(entry[0]))
        return process if process.create_time() == entry[1] and runs(process) else None
    except psutil.NoSuchProcess:
        return None
