"""A fleet on the network and its utility in the scratch database, for every figure of the head-end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command

from bench.limits import allow_open_files
from bench.rounds import process

SPARE_FILES = 400
"""What the simulator opens besides one listening socket a meter."""


def load(meters: int, folder: Path) -> Path:
    """Put `meters` healthy meters on file, installed since yesterday; the file of the fleet.

    RuntimeError where the system does not allow as many open files as the simulator needs.
    """
    allow_open_files(meters + SPARE_FILES)
    path = folder / "fleet.json"
    _simulator("make-fleet", "--meters", str(meters), "--healthy", "--single-host", "--out", str(path))
    call_command("demo_load", fleet=path, days=1, stdout=sys.stderr)
    return path


@contextmanager
def on_network(fleet: Path, *, delay_ms: int = 0) -> Iterator[None]:
    """The fleet, every answer after `delay_ms`."""
    path = fleet.with_name(f"after-{delay_ms}-ms.json")
    content = json.loads(fleet.read_text())
    for meter in content["meters"] if delay_ms else ():
        meter["faults"] = [{"kind": "slow", "delay_ms": delay_ms}]
    path.write_text(json.dumps(content))
    with process(["-m", "simulator", "serve", "--fleet", str(path), "--control", "127.0.0.1:0"], "ready"):
        yield


def _simulator(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, stdout=sys.stderr)  # noqa: S603
