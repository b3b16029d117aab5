"""The rules of the default set over windows that are loaded: how many values a second one core judges."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from django.utils import timezone

from bench.report import Figure
from bench.vee.load import Ints
from bench.vee.world import FIRST_DAY, default_set
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


def kernels(ids: Ints, days: int) -> Iterator[Figure]:
    """Judge the same windows a few times; the middle one counts."""
    blocks = list(_blocks(ids, days))
    values = sum(len(window) * int(window.edges[-1] - window.edges[0]) for window, _, _ in blocks)
    rules = blocks[0][2].rules
    whole = median(_seconds(blocks) for _ in range(ROUNDS))
    shape = median(_seconds([_only(block, SHAPE) for block in blocks]) for _ in range(ROUNDS))
    yield Figure("rules", len(rules), "", 15)
    yield Figure("kernels: values judged by all rules", values / whole, "values/s", 8e6)
    yield Figure("kernels: spike and high/low together, share of the time", 100 * shape / whole, "%", 25, "at_most")


def _blocks(ids: Ints, days: int) -> Iterator[Block]:
    work = Work(ids, day_of(FIRST_DAY + 1), day_of(FIRST_DAY + days), timezone.now(), rule_set=default_set())
    for portion in portions(work):
        window, _, facts, plan = load(work, portion)
        size = rows_at_once(window)
        for first in range(0, len(window), size):
            rows = slice(first, first + size)
            yield window.take(rows), facts.take(rows), plan.take(rows)


def _only(block: Block, codes: tuple[str, ...]) -> Block:
    window, facts, plan = block
    return window, facts, replace(plan, rules=tuple(rule for rule in plan.rules if rule.condition.code in codes))


def _seconds(blocks: list[Block]) -> float:
    begun = time.perf_counter()
    for window, facts, plan in blocks:
        judge(replace(window), facts, plan)  # a window that knows nothing yet of itself
    return time.perf_counter() - begun
