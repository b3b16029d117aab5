"""Workers: what they take and how they end."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aim import places
from aim.celery import app, stopping

TASK = """
import sys, time
sys.path.insert(0, {base!r})
from aim.celery import app, stopping

@app.task(name="test.hold")
def hold():
    with open({began!r}, "w"):
        pass
    while not stopping():
        time.sleep(0.02)
    with open({ended!r}, "w"):
        pass

app.worker_main(["--quiet", "worker", "--pool", "threads", "--concurrency", "1", "--queues", "test-stopping",
                 "--without-gossip", "--without-mingle"])
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process that holds a task until it is asked to end."""
    began, ended = str(tmp_path / "began"), str(tmp_path / "ended")
    program = TASK.format(base=str(places.BASE), began=began, ended=ended)
    child = subprocess.Popen([sys.executable, "-c", program], cwd=places.BASE)
    yield child
    child.kill()
    child.wait()


def _appears(path: Path) -> bool:
    end = time.monotonic() + 60
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return path.exists()


def test_a_long_task_learns_that_its_worker_shall_end(worker: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    app.send_task("test.hold", queue="test-stopping")
    assert _appears(tmp_path / "began")
    assert not (tmp_path / "ended").exists()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=60) == 0
    assert (tmp_path / "ended").exists()


def test_outside_a_worker_nothing_stops() -> None:
    assert not stopping()
