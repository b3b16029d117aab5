"""`python -m bench NAME [--quick] [--json]`: exit status 0 when every goal is met, 1 when not."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from typing import Any

import bench
from bench import report
from bench.report import Figure
from bench.scratch import scratch_database

FRAME = {"__main__", "bare", "demo", "hung", "limits", "recording", "report", "rounds", "scratch", "validating"}
MODULES = {"import": "imports"}
"""Benchmarks whose name is no name for a module."""
OWN_SERVERS = {"faults"}
"""Benchmarks that kill their servers: they need no scratch database, and may be told how much to do."""


def names() -> list[str]:
    """The benchmarks there are: every module of the package that is not part of the frame."""
    found = {module.name for module in pkgutil.iter_modules(bench.__path__)} - FRAME
    return sorted((found - set(MODULES.values())) | set(MODULES))


def measure(name: str, *, quick: bool, **size: float) -> list[Figure]:
    """Run a benchmark, in a scratch database unless it has servers of its own; only such a one takes a `size`."""
    if name in OWN_SERVERS:
        return list(_module(name).run(quick, **size))
    with scratch_database(name):
        return list(_module(name).run(quick))


def _module(name: str) -> Any:
    return importlib.import_module(f"bench.{MODULES.get(name, name)}")


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure one part of OpenAIM.")
    parser.add_argument("name", choices=names(), help="what to measure")
    parser.add_argument("--quick", action="store_true", help="smaller amounts, at most 45 s on 2 cores")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--meters", type=int, help="faults: how many meters, at least 20")
    parser.add_argument("--minutes", type=float, help="faults: what has not ended after so many minutes has failed")
    arguments = parser.parse_args()
    size = {name: value for name in ("meters", "minutes") if (value := getattr(arguments, name)) is not None}
    if size and arguments.name not in OWN_SERVERS:
        parser.error(f"{arguments.name} takes no --{next(iter(size))}")
    figures = measure(arguments.name, quick=arguments.quick, **size)
    print(report.table(arguments.name, figures))
    if arguments.json:
        print(report.as_json(arguments.name, figures))
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
