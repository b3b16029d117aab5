"""Processes of the product as the Procfile starts them, and their sudden death."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

CLONE = Path(__file__).parents[1]
STEP_S = 0.05


class Processes:
    """Lines of the Procfile, run with an environment; all end with the test."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "OPENAIM_LOG_FORMAT": "json", **environment}
        self._log = log
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, called: str = "") -> None:
        """Start the line of this name in a process group of its own; `called` tells it from others of that line."""
        with self._log.open("ab") as log:
            self._running[called or name] = subprocess.Popen(
                ["sh", "-c", _line(name)], cwd=CLONE, env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> int:
        """SIGKILL to the process and its children, as when the memory runs out; the number it had."""
        process = self._running.pop(name)
        assert process.poll() is None, f"{name} had ended before it was killed:\n{self.said()}"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return process.pid

    def end(self) -> None:
        """End what still runs, in good order where possible."""
        for process in self._running.values():
            process.terminate()
        for name, process in list(self._running.items()):
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill(name)
        self._running.clear()

    def until(self, condition: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait until `condition` holds; AssertionError naming `what` was waited for when it does not in time."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s. The processes said:\n{self.said()}"
            time.sleep(STEP_S)

    def do(self, *command: str) -> str:
        """Run a Python program of the clone to its end; its output."""
        done = subprocess.run(
            [sys.executable, *command], cwd=CLONE, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def said(self) -> str:
        """What the processes wrote, for the message of a failed test."""
        return self._log.read_text()[-4000:]


def _line(name: str) -> str:
    lines = dict(line.split(": ", 1) for line in (CLONE / "Procfile").read_text().splitlines() if ": " in line)
    return lines[name]
