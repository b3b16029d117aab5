"""A worker of the queue, in a process of its own: `python -m bench.vee.worker` prints its peak memory in MB."""

from __future__ import annotations

import os
import resource

import django


def main() -> None:
    """Work off what waits."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aim.settings")
    django.setup()
    from validation.services.arrivals import work_off  # which needs the apps

    while work_off().series_days:
        continue
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)


if __name__ == "__main__":
    main()
