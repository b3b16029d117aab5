"""The rules of the default set over windows that are loaded: values judged per second of processor time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from statistics import median

from django.utils import timezone

from bench.report import Figure
from bench.vee.load import Ints
from bench.vee.world import DAYS, FIRST_DAY, default_set
from metering.intervals import day_of
from validation.engine.judge import judge
from validation.engine.plan import Plan
from validation.facts import Facts
from validation.services.validating import Work, load, portions, rows_at_once
from validation.window import Window

ROUNDS = 5
SHAPE = ("spike", "usage_outside")
"""The conditions of which the goal says that together they take no more than a quarter."""

Block = tuple[Window, Facts, Plan]


def kernels(ids: Ints) -> Iterator[Figure]:
    """Judge the same windows a few times; the middle one counts."""
    blocks = list(loaded(ids, DAYS))
    whole = median(seconds(blocks) for _ in range(ROUNDS))
    shape = median(seconds([_only(block, SHAPE) for block in blocks]) for _ in range(ROUNDS))
    yield Figure("rules", sum(not rule.idle for rule in blocks[0][2].rules), "", 15)
    yield Figure("kernels: values judged by all rules", judged_values(blocks) / whole, "values/s", 8e6)
    yield Figure("kernels: spike and high/low together, share of the time", 100 * shape / whole, "%", 25, "at_most")


def loaded(ids: Ints, days: int) -> Iterator[Block]:
    """Windows of so many local days from the first on with their facts and rules, as large as a worker judges them."""
    work = Work(ids, day_of(FIRST_DAY), day_of(FIRST_DAY + days - 1), timezone.now(), rule_set=default_set())
    for portion in portions(work):
        window, _, facts, plan = load(work, portion)
        size = rows_at_once(window)
        for first in range(0, len(window), size):
            rows = slice(first, first + size)
            yield window.take(rows), facts.take(rows), plan.take(rows)


def judged_values(blocks: Iterable[Block]) -> int:
    """How many values of these windows are judged."""
    return sum(len(window) * int(window.edges[-1] - window.edges[0]) for window, _, _ in blocks)


def seconds(blocks: Iterable[Block]) -> float:
    """Processor time of judging them once."""
    begun = time.process_time()
    for window, facts, plan in blocks:
        judge(replace(window), facts, plan)  # a window that knows nothing yet of itself
    return time.process_time() - begun


def _only(block: Block, codes: tuple[str, ...]) -> Block:
    window, facts, plan = block
    return window, facts, replace(plan, rules=tuple(rule for rule in plan.rules if rule.condition.code in codes))
