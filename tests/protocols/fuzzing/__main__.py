"""Fuzzing by hand, guided by coverage: `script/fuzz [AMOUNT] [TARGET ...]`.

AMOUNT is minutes (`10m`) or inputs (`1000000`), in equal parts for the targets; the default is 10 minutes.
Every target runs in a process of its own under atheris with 300 MB of memory at most. What it learns stays in
`var/fuzz/TARGET`. An input that breaks something is shown as hex with the line of Python that repeats it.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.protocols.fuzzing.targets import TARGETS

CORPUS = Path("var/fuzz")
_RUNS = re.compile(r"Done (\d+) in|#(\d+)\s")


def main(arguments: Sequence[str]) -> int:
    """Run the chosen targets one after another; exit status 1 if one broke."""
    parser = argparse.ArgumentParser(prog="script/fuzz", description="Decoders against octets nobody meant to send.")
    parser.add_argument("amount", nargs="?", default="10m", help="minutes as 10m, or inputs as 1000000")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="names of targets; all by default")
    parser.add_argument("--list", action="store_true", help="show the names of the targets")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        print(*TARGETS, sep="\n")
        return 0
    unknown = [name for name in chosen.targets if name not in TARGETS]
    if unknown:
        parser.error(f"no target is called {', '.join(unknown)}; --list shows them")
    return _run_all(chosen.targets or list(TARGETS), chosen.amount)


def _run_all(names: list[str], amount: str) -> int:
    begun, inputs, broken = time.monotonic(), 0, 0
    for name in names:
        found = _run(name, _limit(amount, len(names)))
        inputs += found.inputs
        broken += found.broken
        print(f"{name:30} {found.inputs:>12,} inputs {found.seconds:>8.1f} s  {'BROKEN' if found.broken else 'ok'}")
        sys.stdout.flush()
    print(f"{inputs:,} inputs to {len(names)} targets in {time.monotonic() - begun:,.0f} s, {broken} broken")
    return 1 if broken else 0


def _limit(amount: str, targets: int) -> str:
    """The share of one target in libFuzzer's words."""
    if amount.endswith("m"):
        return f"-max_total_time={max(1, int(60 * float(amount[:-1]) / targets))}"
    return f"-runs={max(1, -(-int(amount) // targets))}"


class _Found:
    """What became of one target."""

    def __init__(self, inputs: int, seconds: float, broken: bool) -> None:
        self.inputs = inputs
        self.seconds = seconds
        self.broken = broken


def _run(name: str, limit: str) -> _Found:
    folder = CORPUS / re.sub(r"\W+", "-", name)
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.protocols.fuzzing.engine", name, limit, str(folder)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    counts = [int(first or second) for first, second in _RUNS.findall(done.stderr)]
    if done.returncode:
        _tell(name, done.stderr, folder)
    return _Found(max(counts, default=0), time.monotonic() - begun, bool(done.returncode))


def _tell(name: str, said: str, folder: Path) -> None:
    """The end of what the engine said, and the input that broke it with how to repeat it."""
    print(*said.splitlines()[-25:], sep="\n")
    for path in folder.parent.glob(f"{folder.name}.crash-*"):
        octets = path.read_bytes().hex()
        path.with_suffix(".hex").write_text(octets + "\n")
        print(f"repeat with: from tests.protocols.fuzzing.targets import TARGETS; TARGETS[{name!r}]", end="")
        print(f".check(bytes.fromhex({octets!r}))")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
