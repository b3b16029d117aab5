"""Servers and processes of one's own, so that they may be killed."""

from collections.abc import Sequence
from pathlib import Path

import psutil
import psycopg

from rig.processes import Processes
from rig.stored import Rows

_LEASED_BY = "WHERE state = 'running' AND lease_owner LIKE %s"
_SPEAKING = "WHERE session_until IS NOT NULL AND session_owner LIKE %s"


class PrivateSystem:
    """A clone's embedded servers and processes in a folder of their own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        environment = {"OPENAIM_VAR": str(folder), "DATABASE_URL": "", "REDIS_URL": "", **settings}
        self.folder = folder
        self.processes = Processes(environment, folder / "processes.log")
        self.processes.do("-m", "aim.embedded", "start")
        self._address = self.processes.do("-m", "aim.embedded", "url").split()[0]

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        with psycopg.connect(self._address) as connection:
            return connection.execute(sql, parameters).fetchall()

    def number(self, sql: str) -> int:
        return int(str(self.query(sql)[0][0]))

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """A statement that gives no rows."""
        with psycopg.connect(self._address) as connection:
            connection.execute(sql, parameters or None)

    def kill_servers(self, *names: str) -> None:
        """SIGKILL to these servers (both, if none is named) in the middle of what they do, then start them again."""
        for name in names or ("postgres", "valkey"):
            self.kill_server(name)
        self.start_servers()

    def kill_server(self, name: str) -> None:
        """SIGKILL to this server; it stays away."""
        _first_process_in(self.folder / name).kill()

    def start_servers(self) -> None:
        """Start what is not running."""
        self.processes.do("-m", "aim.embedded", "start")

    def let_leases_run_out(self, process: int | None = None) -> None:
        """As if the time dead sessions had leased had passed: those of a worker process that ended, or of all."""
        owner = ["%" if process is None else f"%:{process}:%"]
        self.execute(f"UPDATE headend_jobitem SET lease_until = now() {_LEASED_BY}", owner)
        self.execute(f"UPDATE devices_contact SET session_until = now() {_SPEAKING}", owner)

    def stop(self) -> None:
        self.processes.end()
        self.processes.do("-m", "aim.embedded", "stop")


def _first_process_in(folder: Path) -> psutil.Process:
    """The server that works in this folder: of a parent and its children the oldest."""
    inside = (each for each in psutil.process_iter(["cwd", "create_time"]) if each.info["cwd"] == str(folder))
    return min(inside, key=lambda each: float(each.info["create_time"]))
