"""Starting and finding server processes that outlive the command that started them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import psutil

from aim.embedded.home import EmbeddedError, Home

STEP_S = 0.02
LONGEST_LOG = 20_000_000
# Handles of servers started from this process: one forgotten would be a complaint of the interpreter.
_STARTED: list[subprocess.Popen[bytes]] = []


def start_detached(home: Home, command: list[str], *, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Run `command` in its own session, so that Ctrl-C in the terminal does not reach it; output goes to `log`."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    try:
        with log.open("ab") as output:
            server = subprocess.Popen(  # noqa: S603
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, **as_user(home),
            )  # fmt: skip
    except OSError as error:
        raise EmbeddedError(f"cannot run {command[0]}: {error.strerror}") from error
    _STARTED.append(server)
    return server


def run(home: Home, command: list[str], *, folder: Path) -> None:
    """Run `command` to its end as the user of the servers; EmbeddedError with its last words if it fails."""
    ended = subprocess.run(  # noqa: S603
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **as_user(home)
    )
    if ended.returncode:
        raise EmbeddedError(f"{Path(command[0]).name} failed: {last_line(ended.stderr or ended.stdout)}")


def last_line(text: str) -> str:
    """The last line that is not empty, which is where servers put the cause."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until `condition` holds; False if it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(STEP_S)
    return True


def working_in(folder: Path, name: str) -> bool:
    """True if any process called `name` works in `folder`: a server and its children work inside their data."""
    place = os.path.realpath(folder)
    return any(process.info["name"] == name and _folder(process) == place for process in psutil.process_iter(["name"]))


def works_in(pid: int, folder: Path) -> bool:
    """True if process `pid` exists and works in `folder`: a number alone may belong to a stranger by now."""
    try:
        return _folder(psutil.Process(pid)) == os.path.realpath(folder)
    except psutil.NoSuchProcess:
        return False


def _folder(process: psutil.Process) -> str:
    try:
        return str(process.cwd())
    except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


class _AsUser(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]
    umask: int


def as_user(home: Home) -> _AsUser:
    """Arguments of subprocess that make a child run as the user of the servers."""
    if home.user is None:
        return {"umask": 0o077}
    return {"user": home.user.pw_uid, "group": home.user.pw_gid, "extra_groups": [], "umask": 0o077}


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to `pid`; a process that has just gone is not an error."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
