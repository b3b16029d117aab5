"""Why an exception is one: its values and their neighbours, the limit, the rule, and what was put in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aim.web.detail import Fact
from aim.web.tones import State
from metering import store
from metering.display import number, quality_state, shown_exponent
from metering.intervals import local_day, to_instant
from metering.services.editing.stands import register_difference
from metering.store import NO_VALUE, Matrix
from validation.actions import ACTIONS, Action
from validation.models import Finding, RuleSet
from validation.rule_choices import condition_of
from validation.rule_words import sentence
from validation.stretches import Stretch, day_of, instants, zone_of
from validation.words import amount, method_words

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
BESIDE = 2
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One interval near the exception: what stood there when it was found, and what stands there now."""

    start: datetime
    then: str
    now: str
    quality: State
    failing: bool
    versions_key: str


@dataclass(frozen=True, eq=False)
class Why:
    """The values around an exception. `around`: from the day before to the day after; `then`: when it was found."""

    finding: Finding
    around: Stretch
    now: Matrix
    then: Matrix

    @cached_property
    def at(self) -> Ints:
        """int64 (slots,): where the intervals begin, seconds since 1970."""
        at: Ints = self.now.instants.astype(np.int64)
        return at

    @cached_property
    def failing(self) -> Bools:
        """bool (slots,): the intervals of the exception."""
        found: Bools = np.isin(self.at, instants(self.finding))
        return found

    @cached_property
    def own_day(self) -> Bools:
        """bool (slots,): the intervals of its day."""
        day = day_of(self.finding)
        within: Bools = (self.at >= day.start.timestamp()) & (self.at < day.end.timestamp())
        return within

    @property
    def replaced(self) -> bool:
        """Whether other values stand there now."""
        return bool((self.then.values != self.now.values).any())

    @cached_property
    def lines(self) -> list[Line]:
        """The failing intervals, each with its neighbours, at most `MOST_ROWS`."""
        near = np.convolve(self.failing, np.ones(2 * BESIDE + 1), "same") > 0
        return [self._line(slot) for slot in np.flatnonzero(near)[:MOST_ROWS].tolist()]

    @property
    def more(self) -> bool:
        """Whether there are failing intervals that `lines` leaves out."""
        return int(self.failing.sum()) > sum(line.failing for line in self.lines)

    def _line(self, slot: int) -> Line:
        exponent = shown_exponent(self.finding.series)
        start = to_instant(int(self.at[slot]))
        return Line(
            start,
            number(int(self.then.values[0, slot]), exponent),
            number(int(self.now.values[0, slot]), exponent),
            quality_state(int(self.now.quality[0, slot])),
            bool(self.failing[slot]),
            f"{start:%Y-%m-%dT%H:%M:%SZ}",
        )


def why(finding: Finding) -> Why:
    """The values of a profile series around an exception, as they are and as they were when it was found. Two reads."""
    zone = zone_of(finding)
    start = local_day(finding.day - timedelta(days=1), zone)[0]
    end = local_day(finding.day + timedelta(days=1), zone)[1]
    now = store.read([finding.series_id], start, end)
    then = store.read([finding.series_id], start, end, as_of=finding.found_at)
    return Why(finding, Stretch(start, end), now, then if then.values.shape == now.values.shape else now)


def rule_text(finding: Finding) -> str:
    """The rule as a sentence, with the parameters it had when it found this."""
    kind = RuleSet.Kind.PROFILE if finding.series.is_profile else RuleSet.Kind.PERIODIC
    known = condition_of(kind, finding.condition)
    return finding.condition if known is None else sentence(known, finding.evidence.get("parameters", {}))


def rule_facts(finding: Finding) -> list[Fact]:
    """What the rule asked, what it was held against, and what it does."""
    series = finding.series
    action = ACTIONS[Action(finding.action)].words if finding.action in set(Action) else finding.action
    facts = [
        Fact("Rule", finding.rule_name),
        Fact("Looks for", rule_text(finding)),
        Fact("Worst value", f"{amount(series, finding.value)}"),
        Fact("Limit", amount(series, finding.limit) if finding.limit is not None else None),
        Fact("It does", action),
    ]
    return [*facts, *([Fact("Register", _CONFIRMED)] if finding.evidence.get("confirmed") else [])]


_CONFIRMED = "The difference of the register says that these values are right."
_REFUSED = "No estimate could be right: the values that stay already exceed the difference of the register."


def figures_of_day(why: Why) -> list[Fact]:
    """Statistics of the day as it was found: what the eye compares a value with."""
    series, values = why.finding.series, why.then.values[0, why.own_day]
    known = np.sort(values[values != NO_VALUE])[::-1]
    if not len(known):
        return [Fact("Values of the day", "none")]
    before, after = _neighbour_totals(why)
    return [
        Fact("Values of the day", f"{len(known)} of {int(why.own_day.sum())}"),
        Fact("Highest", amount(series, int(known[0]))),
        Fact("Third highest", amount(series, int(known[min(2, len(known) - 1)]))),
        Fact("Median", amount(series, float(np.median(known)))),
        Fact("Total of the day before", amount(series, before)),
        Fact("Total of the day after", amount(series, after)),
    ]


def _neighbour_totals(why: Why) -> tuple[int | None, int | None]:
    """What is there of the day before and of the day after, added up; None where nothing is."""
    day = day_of(why.finding)
    parts: Sequence[Any] = (why.at < day.start.timestamp(), why.at >= day.end.timestamp())
    totals = [part_values[part_values != NO_VALUE] for part_values in (why.now.values[0, part] for part in parts)]
    before, after = (int(known.sum()) if len(known) else None for known in totals)
    return before, after


def placed_facts(finding: Finding) -> list[Fact]:
    """What was put in place, and what that did to the total of the day; the difference of the register beside it."""
    series, day = finding.series, day_of(finding)
    difference = register_difference(series, day.start, day.end)
    facts = [
        Fact("Put in place", method_words(finding.method) or "nothing"),
        Fact("Total until then", None if finding.before is None else amount(series, finding.before)),
        Fact("Total since then", None if finding.after is None else amount(series, finding.after)),
        Fact("Register difference", amount(series, difference.total) if difference else "unknown"),
    ]
    return [*facts, *([Fact("Estimate", _REFUSED)] if finding.evidence.get("refused") else [])]
