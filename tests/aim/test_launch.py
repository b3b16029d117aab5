"""The demo's launcher: ports, the record of its processes, what it says."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from aim import places
from aim.launch.ports import PortError, web_port
from aim.launch.record import AlreadyRunningError, Record, runs


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


PROGRAM = """
import sys
from pathlib import Path
from aim.launch.processes import Demo
from aim.launch.record import Record
here = Path(sys.argv[1])
Demo(int(sys.argv[2]), "Sign in as:", Record(here / "demo.json"), here / "Procfile").run()
"""


def _launch(folder: Path, procfile: str) -> "subprocess.Popen[str]":
    (folder / "Procfile").write_text(procfile)
    command = [sys.executable, "-c", PROGRAM, str(folder), "1"]
    return subprocess.Popen(command, cwd=places.BASE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _children_on_file(path: Path, wanted: int) -> list[psutil.Process]:
    """Processes of the record once it names `wanted` of them besides honcho's own."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        time.sleep(0.1)
        children = json.loads(path.read_text())["children"] if path.exists() else []
        processes = [psutil.Process(int(pid)) for pid, _ in children]
        if sum(process.name() == "sleep" for process in processes) == wanted:
            return processes
    raise AssertionError(f"{path} never named {wanted} processes")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_asked_end_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    demo = _launch(tmp_path, "one: exec sleep 60\ntwo: sleep 61 & wait\n")
    processes = _children_on_file(tmp_path / "demo.json", wanted=2)
    demo.send_signal(number)
    output, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (0, ""), output
    assert not [process for process in processes if runs(process)]
    assert not (tmp_path / "demo.json").exists()


def test_a_process_that_ends_by_itself_ends_all_and_is_named(tmp_path: Path) -> None:
    demo = _launch(tmp_path, "steady: exec sleep 60\nfaulty: sleep 1; echo no fuel; exit 3\n")
    output, errors = demo.communicate(timeout=60)
    assert "no fuel" in output
    assert "ProcessEndedError: faulty ended by itself" in errors
    assert not (tmp_path / "demo.json").exists()


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
    assert not runs(sleeper)
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
