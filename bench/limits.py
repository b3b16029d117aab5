"""As many open files as this process may have."""

from __future__ import annotations

import resource
import sys


def most_open_files() -> int:
    """The hard limit of this system; a very large number where there is none."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def allow_open_files(wanted: int) -> None:
    """Raise the limit of open files to at least `wanted`. RuntimeError where the system does not allow that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        highest = hard if hard == resource.RLIM_INFINITY else max(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))
    except ValueError as error:
        problem = f"{wanted} open files are needed, the system allows {hard}: raise `ulimit -Hn`"
        raise RuntimeError(problem) from error
