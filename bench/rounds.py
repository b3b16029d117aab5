"""Many sessions at once in short rounds, and the processes that answer them.

Rounds of a fraction of a second alternate between what is compared. On a machine that does other things too some are
hardly disturbed, so the best of each counts; or rounds that follow each other are compared, which met the same machine.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from bench import bare

AT_ONCE = 100
ROUND_S = 0.3
Act = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Speed:
    """Sessions per second, and processor time of this process per session in microseconds."""

    rate: float
    cost_us: float


def alternate(rounds: int, *measures: Callable[[], Speed]) -> list[tuple[Speed, ...]]:
    """The speeds of each measure, round by round."""
    found = [[measure() for measure in measures] for _ in range(rounds)]
    return list(zip(*found, strict=True))


def best(speeds: Iterable[Speed]) -> Speed:
    """The best rate and the least processor time of some rounds."""
    rates, costs = zip(*((speed.rate, speed.cost_us) for speed in speeds), strict=True)
    return Speed(max(rates), min(costs))


def costs_against(ours: Iterable[Speed], theirs: Iterable[Speed]) -> float:
    """Their processor time over ours: the median of rounds that followed each other, so met the same machine."""
    return median(their.cost_us / our.cost_us for our, their in zip(ours, theirs, strict=True))


def one_round(acts: Sequence[Act], run: Callable[..., Speed]) -> Speed:
    """The speed over `ROUND_S` with `AT_ONCE` sessions open at any time; a device has one at a time."""

    async def repeat(act: Act, until: float) -> int:
        done = 0
        while time.perf_counter() < until:
            await act()
            done += 1
        return done

    async def measure() -> Speed:
        begun, spent = time.perf_counter(), time.process_time()
        slots = (repeat(acts[number % len(acts)], begun + ROUND_S) for number in range(AT_ONCE))
        sessions = sum(await asyncio.gather(*slots))
        wall_s, processor_s = time.perf_counter() - begun, time.process_time() - spent
        return Speed(sessions / wall_s, 1e6 * processor_s / sessions)

    return run(measure())


@contextmanager
def bare_side(name: str, script: bare.Script) -> Iterator[Callable[[], Speed]]:
    """A bare answering side; gives what measures one round against it."""
    way = bare.WAYS[name]
    with process(["-m", "bench.bare", name, json.dumps(script)], "") as port:
        yield lambda: one_round([lambda: way.ask(int(port), script)], way.run)


@contextmanager
def process(arguments: list[str], ready: str) -> Iterator[str]:
    """A Python process that is ready once it prints a line that begins with `ready`; gives that, ends it at the end.

    RuntimeError where it ends by itself before that.
    """
    started = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert started.stdout is not None
    try:
        said = next((line.strip() for line in started.stdout if line.startswith(ready)), None)
        if said is None:
            raise RuntimeError(f"{' '.join(arguments)} ended before it was ready")
        yield said
    finally:
        started.terminate()
        started.wait()
