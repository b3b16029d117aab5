"""A worker of validation in a process of its own: `python -m bench.validating`.

It says a line when it is ready, begins when it is told one, and says its peak memory in MB at the end.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import django

PAUSE_S = 0.05
"""Whoever finds all rows in the hands of another worker looks again after this."""


def main() -> None:
    """Work off what waits."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")
    django.setup()
    from validation.queue import waiting  # which need the apps
    from validation.services.arrivals import work_off

    print("ready", flush=True)
    sys.stdin.readline()
    while waiting()[0]:
        if not work_off().series_days:
            time.sleep(PAUSE_S)
    print(_peak_mb())


def _peak_mb() -> float:
    """The most memory this program had; `getrusage` would count what the one that started it had, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) * 1024 / 1e6


if __name__ == "__main__":
    main()
