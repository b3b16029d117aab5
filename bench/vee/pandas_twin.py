"""The default set as it is written without kernels: a pandas Series for each series-day, a Python function for each
rule and value. What it finds must be what the kernels find."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from bench.report import Figure
from bench.vee.kernels import Block, judged_values, loaded, seconds
from bench.vee.load import Ints
from bench.vee.pandas_day import Day, day_of_row
from bench.vee.pandas_rules import RULES
from validation.engine.judge import judge
from validation.engine.plan import PlannedRule
from validation.window import Bools

LEAST = 50


def against_pandas(ids: Ints) -> Iterator[Figure]:
    """One local day of each of these series, judged by both. RuntimeError where they find something else."""
    blocks = list(loaded(ids, 1))
    begun = time.process_time()
    found = [_by_pandas(block) for block in blocks]
    by_pandas = time.process_time() - begun
    for block, own in zip(blocks, found, strict=True):
        _compare(block, own)
    by_kernels = min(seconds(blocks) for _ in range(3))
    yield Figure("pandas: series-days judged by both", sum(len(window) for window, _, _ in blocks), "")
    yield Figure("pandas: values judged by all rules", judged_values(blocks) / by_pandas, "values/s")
    yield Figure("kernels, against pandas", by_pandas / by_kernels, "times", LEAST)


def _by_pandas(block: Block) -> Bools:
    """bool (rules, n, slots of the day)."""
    window, facts, plan = block
    days = [day_of_row(window, facts, row) for row in range(len(window))]
    return np.array([[_judged(rule, day, row) for row, day in enumerate(days)] for rule in plan.rules])


def _judged(rule: PlannedRule, day: Day, row: int) -> Bools:
    if rule.eligible is not None and not rule.eligible[row]:
        return np.zeros(len(day.judged), np.bool_)
    found: Bools = RULES[rule.condition.code](day, rule.parameters).to_numpy(np.bool_)
    return found


def _compare(block: Block, found: Bools) -> None:
    window, facts, plan = block
    judgement = judge(window, facts, plan)
    for number, rule in enumerate(plan.rules):
        differ = judgement.of(number)[:, window.edges[0] :] != found[number]
        if differ.any():
            row, column = (int(place[0]) for place in np.nonzero(differ))
            raise RuntimeError(
                f"{rule.name}: {int(differ.sum())} values are judged otherwise by pandas, the first of series "
                f"{window.series_ids[row]} in interval {column} of the day"
            )
