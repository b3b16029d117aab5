"""Runs the Procfile under honcho and watches over it: says when the site answers, keeps the servers up."""

import os
import sys
import threading
import time
import urllib.error
import urllib.request

import psutil
from honcho.environ import parse_procfile
from honcho.manager import Manager

from aim import embedded, places
from aim.install.commands import say
from aim.launch.record import Record, end

POLL_S = 0.5
LOGINS = places.VAR / "demo-logins.txt"


class Demo(Manager):  # type: ignore[misc]
    """The manager of all processes; after `loop` nothing of them is left."""

    def __init__(self, port: int, record: Record) -> None:
        super().__init__()
        self.port = port
        self.record = record
        self.ended = threading.Event()
        self.watch = threading.Thread(target=self._watch)
        for name, command in parse_procfile((places.BASE / "Procfile").read_text()).processes.items():
            self.add_process(name, command, env=_environment(port), cwd=str(places.BASE))

    def run(self) -> int:
        """Run until Ctrl-C, SIGTERM or the end of any process; the exit status."""
        try:
            self.loop()
        finally:
            self.ended.set()
            if self.watch.is_alive():
                self.watch.join()
            end(psutil.Process().children(recursive=True))
            self.record.clear()
        return int(self.returncode or 0)

    def _start(self) -> None:
        """Start the processes, then the watch: a thread born earlier would be lost in honcho's forks."""
        super()._start()
        self.watch.start()

    def _watch(self) -> None:
        announced = False
        while not self.ended.wait(POLL_S):
            self.record.note(self.port, psutil.Process().children(recursive=True))
            self._keep_servers()
            if not announced and _answers(self.port):
                announced = True
                say(announcement(self.port))

    def _keep_servers(self) -> None:
        """Start a server again that was killed; the processes reconnect by themselves."""
        try:
            embedded.hold().release()
        except embedded.EmbeddedError as error:
            print(f"demo: {error}", file=sys.stderr, flush=True)  # noqa: T201
            time.sleep(POLL_S)


def announcement(port: int) -> str:
    """The lines that end a successful start: address and logins."""
    logins = LOGINS.read_text().rstrip() if LOGINS.exists() else ""
    return f"\n  OpenAIM is ready:  http://127.0.0.1:{port}/\n\n{logins}\n\n  Ctrl-C ends everything.\n"


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _environment(port: int) -> dict[str, str]:
    programs = os.path.dirname(sys.executable)  # noqa: PTH120
    given = {"PORT": str(port), "OPENAIM_DATABASE_POOL": "8", "PYTHONUNBUFFERED": "1"}
    return {**given, **os.environ, "PORT": str(port), "PATH": f"{programs}:{os.environ.get('PATH', '')}"}
