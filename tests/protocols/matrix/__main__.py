"""Runs the whole matrix and prints it; exit status 1 if a cell fails.

`script/matrix` prints a row for every security and one for every service; `--all` also one for every pair of the two,
`--security TEXT` and `--service TEXT` choose rows by a part of their names.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence

from tests.protocols.matrix.cells import Cell, run
from tests.protocols.matrix.securities import SECURITIES
from tests.protocols.matrix.services import SERVICES
from tests.protocols.matrix.transports import TRANSPORTS

MOST_FAILURES = 40
_NAMES = [transport.name for transport in TRANSPORTS]
_WIDTH = 46


def main(arguments: Sequence[str]) -> int:
    """Run what was chosen, print it, and give the exit status."""
    parser = argparse.ArgumentParser(prog="script/matrix", description="Services, securities and transports in pairs.")
    parser.add_argument("--all", action="store_true", help="a row for every service under every security")
    parser.add_argument("--security", default="", metavar="TEXT", help="only securities with this in their name")
    parser.add_argument("--service", default="", metavar="TEXT", help="only services with this in their name")
    chosen = parser.parse_args(arguments)
    cells = list(_cells(chosen.service, chosen.security))
    if chosen.all:
        _print_table("Service and security", cells, lambda cell: f"{cell.service.name} · {cell.security.name}")
    _print_table("Security", cells, lambda cell: cell.security.name)
    _print_table("Service", cells, lambda cell: cell.service.name)
    return _print_end(cells)


def _cells(service: str, security: str) -> Iterable[Cell]:
    services = [row for row in SERVICES if service in row.name]
    for row in SECURITIES:
        if security in row.name:
            for transport in TRANSPORTS:
                yield from run(services, row, transport)


def _print_table(title: str, cells: Iterable[Cell], row_of: Callable[[Cell], str]) -> None:
    rows: dict[str, dict[str, list[Cell]]] = {}
    for cell in cells:
        rows.setdefault(row_of(cell), {}).setdefault(cell.transport.name, []).append(cell)
    print(title.ljust(_WIDTH), *(name.rjust(_width(name)) for name in _NAMES))
    for row, by_transport in rows.items():
        told = (_told(by_transport.get(name, [])).rjust(_width(name)) for name in _NAMES)
        print(row.ljust(_WIDTH), *told)
    print()


def _width(name: str) -> int:
    return max(len(name), 7)


def _told(cells: list[Cell]) -> str:
    """`ok` and how many, `FAIL` and how many of them, `–` where the standard has none."""
    there = [cell for cell in cells if not cell.excluded]
    failed = sum(cell.failed for cell in there)
    if failed:
        return f"FAIL {failed}"
    return (f"ok {len(there)}" if len(there) > 1 else "ok") if there else "–"


def _print_end(cells: list[Cell]) -> int:
    reasons: dict[str, int] = {}
    for cell in cells:
        if cell.excluded:
            reasons[cell.why] = reasons.get(cell.why, 0) + 1
    for reason, count in reasons.items():
        print(f"– {count} left out: {reason}")
    failed = [cell for cell in cells if cell.failed]
    for cell in failed[:MOST_FAILURES]:
        print(cell)
    if len(failed) > MOST_FAILURES:
        print(f"and {len(failed) - MOST_FAILURES} more")
    excluded = sum(reasons.values())
    print(f"{len(cells) - excluded - len(failed)} ok, {len(failed)} failed, {excluded} left out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
