"""The processes of the running demo, on file: a second start finds a demo at work, or the remains of a killed one."""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil

from aim import places

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
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, remaining = psutil.wait_procs(processes, timeout=END_S)
    for process in remaining:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(remaining, timeout=END_S)


def _entry(process: psutil.Process) -> list[float]:
    """Number and time of birth; empty for a process that has just gone."""
    try:
        return [process.pid, process.create_time()]
    except psutil.NoSuchProcess:
        return []


def _alive(entry: list[float]) -> psutil.Process | None:
    try:
        process = psutil.Process(int(entry[0]))
        same = process.create_time() == entry[1] and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if same else None
