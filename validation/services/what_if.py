"""What-if: rules over stored values, counted and forgotten. Nothing is written but the result of the run.

Loading and judging are those of validation itself (`services.validating`), so that what is said here is what would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from metering.models import Series
from metering.store import snapshot
from validation.models import Rule, RuleSet
from validation.rule_words import rule_sentence
from validation.services.validating import Portion, Work, judged, load, portions
from validation.what_if.batch import Batch, Outcome
from validation.what_if.comparing import Comparison
from validation.what_if.counting import SetCount
from validation.window import Bools, Ints

Progress = Callable[[int], None]
"""Told how many series-days more are done; what it raises ends the what-if."""


def try_out(work: Work, against: RuleSet | None, progress: Progress) -> dict[str, Any]:
    """What would come of `work.rule_set`, and of `against` beside it, as `Run.result` keeps it."""
    if work.rule_set is None:
        raise ValueError("A what-if is of a rule set that is named")
    sets = [work.rule_set, *([against] if against else [])]
    result = evaluate(_batches(work, sets, progress), len(sets))
    for each, rule_set in zip(result["sets"], sets, strict=True):
        each |= {"id": rule_set.pk, "name": rule_set.name, "version": rule_set.version}
        words = _words(rule_set)
        for line in each["rules"]:
            line["words"] = words.get(line["rule"], "")
    return result


def evaluate(batches: Iterable[Batch], sets: int) -> dict[str, Any]:
    """Count what came of `sets` rule sets, one or two, in bounded memory whatever the number of batches.

    {"series": …, "series_days": …, "values": …, "sets": [one of `SetCount` for each], "comparison": of two, else None}
    """
    counts, comparison = [SetCount() for _ in range(sets)], Comparison()
    series = series_days = values = 0
    for batch in batches:
        for count, outcome in zip(counts, batch.outcomes, strict=True):
            count.add(batch, outcome)
        if sets == 2:
            comparison.add(batch)
        series += len(batch.window)
        series_days += len(batch.window) * len(batch.window.days)
        values += len(batch.window) * int(batch.window.judged.sum())
    return {
        "series": series, "series_days": series_days, "values": values,
        "sets": [count.as_json() for count in counts],
        "comparison": comparison.as_json() if sets == 2 else None,
    }  # fmt: skip


def _batches(work: Work, sets: list[RuleSet], progress: Progress) -> Iterator[Batch]:
    """The work in batches of some rows and all days, judged by each set."""
    for portion in portions(work):
        with snapshot():
            yield from _of_portion(work, portion, sets)
        progress(len(portion.series_ids) * ((work.last_day - work.first_day).days + 1))


def _of_portion(work: Work, portion: Portion, sets: list[RuleSet]) -> Iterator[Batch]:
    loaded = [load(work, replace(portion, rule_set=rule_set)) for rule_set in sets]
    zone, summed, first = portion.group.zone, _summed(portion.series_ids), 0
    facts = loaded[0][2]
    for parts in zip(*(judged(*each, zone) for each in loaded), strict=True):
        window = parts[0][0]
        rows = slice(first, first := first + len(window))
        outcomes = tuple(Outcome(plan, bare, result) for _, bare, plan, result in parts)
        yield Batch(window, facts.units[rows], facts.unit_names[rows], summed[rows], outcomes)


def _summed(series_ids: Ints) -> Bools:
    """bool (n,): series of consumption."""
    rows = Series.objects.filter(pk__in=series_ids.tolist(), kind=Series.Kind.CONSUMPTION)
    return np.isin(series_ids, np.fromiter(rows.values_list("pk", flat=True), np.int64))


def _words(rule_set: RuleSet) -> dict[int, str]:
    rules: Iterable[Rule] = rule_set.rules.select_related("rule_set")
    return {rule.pk: rule_sentence(rule) for rule in rules}
