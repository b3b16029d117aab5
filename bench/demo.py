"""The demo utility around a fleet of simulated meters, for benchmarks that need a populated system."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command


@contextmanager
def demo_utility(*options: str) -> Iterator[Path]:
    """Loads the demo around a fleet made with these options of `simulator make-fleet`; gives the fleet file."""
    with TemporaryDirectory() as folder:
        fleet = Path(folder) / "fleet.json"
        command = [sys.executable, "-m", "simulator", "make-fleet", "--single-host", "--out", str(fleet), *options]
        subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603
        call_command("demo_load", fleet=fleet, stdout=sys.stderr)
        yield fleet
