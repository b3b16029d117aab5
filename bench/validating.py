"""A worker of validation, in a process of its own: `python -m bench.validating` prints its peak memory in MB."""

from __future__ import annotations

import os
import resource
import time

import django

PAUSE_S = 0.05
"""Whoever finds all rows in the hands of another worker looks again after this."""


def main() -> None:
    """Work off what waits."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")
    django.setup()
    from validation.queue import waiting  # which need the apps
    from validation.services.arrivals import work_off

    while waiting()[0]:
        if not work_off().series_days:
            time.sleep(PAUSE_S)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)


if __name__ == "__main__":
    main()
