"""Steps of the set-up: done once, repeated when cut short, one clear line when they fail."""

import os
import subprocess
from pathlib import Path

import pytest

from aim import places
from aim.install import commands
from aim.install.stamps import Stamp, digest


def test_a_stamp_fits_until_its_source_changes(tmp_path: Path) -> None:
    source = tmp_path / "requirements.txt"
    source.write_text("one")
    stamp = Stamp(tmp_path / "stamp", [source, "3.11"])
    assert not stamp.fits()
    stamp.press()
    assert Stamp(tmp_path / "stamp", [source, "3.11"]).fits()
    assert not Stamp(tmp_path / "stamp", [source, "3.12"]).fits()
    source.write_text("two")
    assert not Stamp(tmp_path / "stamp", [source, "3.11"]).fits()


def test_a_step_cut_short_is_not_done(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "stamp", ["source"])
    stamp.press()
    stamp.lift()
    assert not stamp.fits()


def test_parts_do_not_run_into_each_other() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "VAR", tmp_path)
    return tmp_path / "setup.log"


def test_a_missing_network_is_told_from_other_failures(log: Path) -> None:
    script = "echo 'NewConnectionError: connection refused'; echo 'ERROR: no matching distribution'; exit 1"
    with pytest.raises(commands.InstallError, match=r"Fetching: no network\. Check the mirror, then run"):
        commands.run(["sh", "-c", script], purpose="Fetching", network="Check the mirror")


def test_another_failure_shows_its_error_and_the_log(log: Path) -> None:
    script = "echo 'ERROR: disk full'; echo 'see the manual'; exit 3"
    with pytest.raises(commands.InstallError, match=r"Fetching failed: ERROR: disk full .*setup.log"):
        commands.run(["sh", "-c", script], purpose="Fetching", network="")
    assert "see the manual" in log.read_text()


def test_lines_are_shown_as_they_come(log: Path) -> None:
    seen: list[str] = []
    commands.run(["sh", "-c", "echo a; echo b"], purpose="x", network="", show=seen.append)
    assert seen == ["a\n", "b\n"]


@pytest.mark.parametrize("name", ["setup", "demo", "test", "check", "bench"])
def test_too_old_a_python_is_one_clear_line(name: str, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" || exit 1\n')
    old.chmod(0o755)
    script = places.BASE / "script" / name
    environment = {**os.environ, "PYTHON": str(old)}
    ended = subprocess.run([script], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer; found Python 3.9.2" in ended.stderr
