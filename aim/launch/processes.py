"""Runs the Procfile under honcho and watches over it: says when the site answers, keeps the servers up."""

import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
from honcho.environ import parse_procfile
from honcho.manager import Manager

from aim import embedded, places
from aim.install.commands import say
from aim.launch.record import Record, end, runs

PROCFILE = places.BASE / "Procfile"
POLL_S = 0.5
WATCH_S = 2.0
ENDED_BY_US = {128 + signal.SIGINT, 128 + signal.SIGTERM}


class ProcessEndedError(Exception):
    """A process of the demo ended without being asked; the message names it."""


class Demo(Manager):  # type: ignore[misc]
    """The manager of all processes; after `loop` nothing of them is left."""

    def __init__(self, port: int, logins: str, record: Record, procfile: Path = PROCFILE) -> None:
        super().__init__()
        self.port = port
        self.logins = logins
        self.record = record
        self.ended = threading.Event()
        # Whoever was a child once: one whose own parent has gone is no longer listed as ours.
        self._seen: set[psutil.Process] = set()
        self._first_ended = ""
        self.watch = threading.Thread(target=self._watch)
        for name, command in parse_procfile(procfile.read_text()).processes.items():
            self.add_process(name, command, env=_environment(port), cwd=str(places.BASE))

    def run(self) -> None:
        """Run until Ctrl-C or SIGTERM; ProcessEndedError if a process ends by itself, which ends all."""
        try:
            self.loop()
        finally:
            self.ended.set()
            if self.watch.is_alive():
                self.watch.join()
            end([*self._seen, *psutil.Process().children(recursive=True)])
            self.record.clear()
        if self.returncode not in ENDED_BY_US:
            raise ProcessEndedError(f"{self._first_ended} ended by itself; its last lines above say why")

    def terminate(self) -> None:
        """Remember which process was the first to end, then end the others."""
        ended = [name for name, state in self._processes.items() if "returncode" in state]
        self._first_ended = self._first_ended or ", ".join(ended)
        super().terminate()

    def _start(self) -> None:
        """Start the processes, then the watch: a thread born earlier would be lost in honcho's forks."""
        super()._start()
        self.watch.start()

    def _watch(self) -> None:
        announced = False
        while not self.ended.wait(WATCH_S if announced else POLL_S):
            children = psutil.Process().children(recursive=True)
            self._seen = {process for process in self._seen if runs(process)} | set(children)
            self.record.note(self.port, children)
            self._keep_servers()
            if not announced and _answers(self.port):
                announced = True
                say(announcement(self.port, self.logins))

    def _keep_servers(self) -> None:
        """Start a server again that was killed; the processes reconnect by themselves."""
        try:
            embedded.hold().release()
        except embedded.EmbeddedError as error:
            print(f"demo: {error}", file=sys.stderr, flush=True)  # noqa: T201
            time.sleep(POLL_S)


def announcement(port: int, logins: str) -> str:
    """The lines that end a successful start: address and logins."""
    address = f"OpenAIM is ready:  http://127.0.0.1:{port}/"
    lines = ["", address, "", *logins.splitlines(), "", "Ctrl-C ends everything.", ""]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _environment(port: int) -> dict[str, str]:
    programs = os.path.dirname(sys.executable)  # noqa: PTH120
    # Quiet, so that the address and the logins stay in sight.
    given = {"OPENAIM_DATABASE_POOL": "8", "OPENAIM_LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}
    return {**given, **os.environ, "PORT": str(port), "PATH": f"{programs}:{os.environ.get('PATH', '')}"}
