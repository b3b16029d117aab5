"""`store check`: whether the store holds what it says."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator

from django.core.management.base import OutputWrapper

from metering.store.check import check
from metering.store.check.findings import ADVICE, Fault, Finding
from metering.store.check.repair import REPAIRED_AT_ONCE, is_repairable, repair
from metering.store_commands import Options, SubCommand
from metering.store_commands.archive import month_of

SHOWN = 100
"""Findings of one fault shown in full; of more, the number is told."""


def _run(options: Options, stdout: OutputWrapper) -> bool:
    def tell(words: str) -> None:
        if not options["json"]:
            stdout.write(words)

    found, left = Counter[Fault](), Counter[Fault]()
    waiting: list[Finding] = []
    for finding in _shown(check(options["month"], tell=tell), found, stdout, as_json=options["json"]):
        if options["repair_summaries"] and is_repairable(finding):
            waiting.append(finding)
        else:
            left[finding.fault] += 1
        if len(waiting) >= REPAIRED_AT_ONCE:
            repair(waiting)
            waiting.clear()
    repair(waiting)
    _conclude(found, left, stdout, as_json=options["json"])
    return not left


def _shown(
    findings: Iterator[Finding], found: Counter[Fault], stdout: OutputWrapper, *, as_json: bool
) -> Iterator[Finding]:
    """The findings, each shown as it comes."""
    for finding in findings:
        found[finding.fault] += 1
        if as_json:
            stdout.write(json.dumps(finding.as_json()))
        elif found[finding.fault] <= SHOWN:
            stdout.write(f"  {finding.where}: {finding.what}")
        yield finding


def _conclude(found: Counter[Fault], left: Counter[Fault], stdout: OutputWrapper, *, as_json: bool) -> None:
    repaired = found.total() - left.total()
    if as_json:
        faults = {fault.value: count for fault, count in found.items()}
        stdout.write(json.dumps({"found": found.total(), "repaired": repaired, "faults": faults}))
        return
    for fault, count in found.items():
        more = f" ({count - SHOWN} not shown)" if count > SHOWN else ""
        stdout.write(f"{count} × {fault.value.replace('_', ' ')}{more}: {ADVICE[fault]}")
    stdout.write(f"Faults found: {found.total()}, repaired: {repaired}" if found else "The store is sound")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--month", type=month_of, help="only this month in UTC, 2026-03 (default: all)")
    parser.add_argument(
        "--repair-summaries", action="store_true", help="put right what follows from the values: summaries and sums"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object per line: each fault, then the conclusion")


COMMAND = SubCommand("Check tables, blocks, summaries, sums, references and archived files.", _arguments, _run)
