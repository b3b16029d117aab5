"""A fleet on the network and its utility in the scratch database, for every figure of the head-end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command

from access.models import Utility
from bench.rounds import process


@contextmanager
def fleet(meters: int, *, delay_ms: int = 0) -> Iterator[Utility]:
    """`meters` healthy meters that answer after `delay_ms`, on file and installed since yesterday."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.json"
        _simulator("make-fleet", "--meters", str(meters), "--healthy", "--single-host", "--out", str(path))
        if delay_ms:
            _slow_down(path, delay_ms)
        call_command("demo_load", fleet=path, days=1, stdout=sys.stderr)
        with process(["-m", "simulator", "serve", "--fleet", str(path), "--control", "127.0.0.1:0"], "ready"):
            yield Utility.objects.get()


def _slow_down(path: Path, delay_ms: int) -> None:
    content = json.loads(path.read_text())
    for meter in content["meters"]:
        meter["faults"] = [{"kind": "slow", "delay_ms": delay_ms}]
    path.write_text(json.dumps(content))


def _simulator(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, stdout=sys.stderr)  # noqa: S603
