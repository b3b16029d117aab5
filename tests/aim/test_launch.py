"""The demo's launcher: ports, the record of its processes, what it says."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from aim.launch.ports import PortError, web_port
from aim.launch.record import AlreadyRunningError, Record


@pytest.fixture
def sleeper() -> Iterator[psutil.Process]:
    """A process that would run for a minute."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield psutil.Process(child.pid)
    child.kill()
    child.wait()


def test_a_taken_port_is_named_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(PortError, match=f"port {port} is taken by another program; try PORT=.* script/demo"):
            web_port()
    assert web_port() == port


@pytest.mark.parametrize("given", ["http", "0", "65536", "-1", "8²"])
def test_what_is_no_port_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", given)
    with pytest.raises(PortError, match="is not a port number"):
        web_port()


def _on_file(path: Path, launcher: list[float], children: list[list[float]]) -> Record:
    path.write_text(json.dumps({"port": 8000, "launcher": launcher, "children": children}))
    return Record(path)


def test_a_running_demo_is_named(tmp_path: Path, sleeper: psutil.Process) -> None:
    record = _on_file(tmp_path / "demo.json", [sleeper.pid, sleeper.create_time()], [])
    with pytest.raises(AlreadyRunningError, match=f"http://127.0.0.1:8000/ \\(process {sleeper.pid}\\)"):
        record.check()


def test_the_remains_of_a_killed_demo_are_ended(tmp_path: Path, sleeper: psutil.Process) -> None:
    record = _on_file(tmp_path / "demo.json", [1, 0.0], [[sleeper.pid, sleeper.create_time()]])
    assert record.check() == 1
    assert not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE
    assert record.check() == 0


def test_a_stranger_with_the_same_number_is_left_alone(tmp_path: Path, sleeper: psutil.Process) -> None:
    record = _on_file(tmp_path / "demo.json", [sleeper.pid, 0.0], [[sleeper.pid, sleeper.create_time() - 100]])
    assert record.check() == 0
    assert sleeper.is_running()


def test_what_is_noted_is_found_again(tmp_path: Path, sleeper: psutil.Process) -> None:
    record = Record(tmp_path / "demo.json")
    assert record.check() == 0
    record.note(8001, [sleeper])
    with pytest.raises(AlreadyRunningError, match="8001"):
        record.check()
    record.clear()
    assert record.check() == 0
    assert sleeper.is_running()
