"""Consumption derived again from stored stands, because the rules by which it is derived have changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from metering.intervals import DAY_S, to_instant, to_seconds
from metering.quality import Quality
from metering.store.admit import FIRST_DAY, LAST_DAY
from metering.store.batch import NO_VALUE, Batch
from metering.store.combine import combine
from metering.store.derivation.archived import in_closed_months
from metering.store.derivation.arrival import breaks_near, of_siblings, store_derived
from metering.store.derivation.days import Days, within_days
from metering.store.derivation.joints import Break, batches, joints
from metering.store.derivation.rules import Rules, rules_of
from metering.store.derivation.stored_days import stored_days, with_days
from metering.store.ledger import lock_series
from metering.store.outcome import Counts, Origin

_FIRST, _LAST = to_instant(FIRST_DAY * DAY_S), to_instant((LAST_DAY + 1) * DAY_S)

Ids = Sequence[int] | NDArray[np.int64]


def rederive(series_ids: Ids, start: dt.datetime, end: dt.datetime, *, origin: Origin) -> Counts:
    """Derive the consumption of the intervals that start in [start, end) from these stand series again.

    Counts what is new, changed, unchanged and refused; what is replaced is kept as a version under `origin`. Decisions
    and estimates give way only where the store's precedence says so; stands in archived months are refused by name.
    One transaction, memory bounded whatever the period. NaiveInstantError without a zone.
    """
    return change_rules([Span(series_ids, start, end)], change=_nothing, origin=origin)


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Stand series, and which intervals of what they feed: those that start in [start, end), by default all."""

    series_ids: Ids
    start: dt.datetime = _FIRST
    end: dt.datetime = _LAST


def change_rules(spans: Sequence[Span], *, change: Callable[[], object], origin: Origin) -> Counts:
    """Call `change`, which alters how stands of these series become consumption, and derive the spans again.

    What only the former rules made known is withdrawn. One transaction: nobody sees new rules with old consumption.
    """
    with transaction.atomic(savepoint=False):
        series_ids = np.concatenate(
            [np.array([], np.int64), *(np.asarray(span.series_ids, np.int64) for span in spans)]
        )
        lock_series(series_ids)
        former = rules_of(series_ids)
        change()
        rules = rules_of(series_ids)
        return Counts() if former is None or rules is None else derive_again(spans, former, rules, origin)


def derive_again(spans: Sequence[Span], former: Rules, rules: Rules, origin: Origin) -> Counts:
    """Derive the spans by `rules` and withdraw what only the `former` made known. The fed series must be locked."""
    counts, stocked = Counts(), with_days(rules.feeds.series_ids)
    for span in _together(spans):
        ids = np.intersect1d(np.asarray(span.series_ids, np.int64), stocked)
        if not len(ids):  # many meters are hung up at instants of their own before anything of them is stored
            continue
        counts += in_closed_months(ids, span.start, span.end)
        for days in stored_days(ids, *map(to_seconds, (span.start, span.end))):
            counts += store_derived(_difference(days, former, rules, span), origin)
    return counts


def _together(spans: Sequence[Span]) -> list[Span]:
    """The same, one for all series of a period."""
    by_period: dict[tuple[dt.datetime, dt.datetime], list[NDArray[np.int64]]] = {}
    for span in spans:
        by_period.setdefault((span.start, span.end), []).append(np.asarray(span.series_ids, np.int64))
    return [Span(np.concatenate(ids), start, end) for (start, end), ids in by_period.items()]


def _nothing() -> None:
    """Derive again by the rules there are."""


def _difference(days: Days, former: Rules, rules: Rules, span: Span) -> list[Batch]:
    """What the rules make of these days, preceded by withdrawals of what only the former ones did."""
    breaks = breaks_near(days, former) + breaks_near(days, rules)
    before, now = (combine(_derived(days, each, breaks, span)) for each in (former, rules))
    gone = [batch for batch in _taken_back(before, now) if batch.given.any()]
    return [*gone, *(of_siblings(days) if gone else ()), *now]


def _derived(days: Days, rules: Rules, breaks: list[Break], span: Span) -> list[Batch]:
    first, last = to_seconds(span.start), to_seconds(span.end)
    found = {each: used for each, used in joints(rules, breaks).items() if first <= each.start < last}
    return [*within_days(days, rules), *batches(found)]


def _taken_back(before: list[Batch], now: list[Batch]) -> list[Batch]:
    """Batches that withdraw what `before` gives and `now` does not; both one per interval length, in key order."""
    by_length = {batch.interval_s: batch for batch in now}
    return [_without(batch, by_length.get(batch.interval_s)) for batch in before]


def _without(before: Batch, now: Batch | None) -> Batch:
    gone = before.given.copy()
    if now is not None:
        row_of = {key: row for row, key in enumerate(_keys(now))}
        both = [(row, row_of[key]) for row, key in enumerate(_keys(before)) if key in row_of]
        rows = np.array(both, np.intp).reshape(-1, 2)
        gone[rows[:, 0]] &= ~now.given[rows[:, 1]]
    quality = np.where(gone, np.uint8(Quality.WITHDRAWN), np.uint8(0))
    return Batch(before.interval_s, before.series_ids, before.days, np.full(gone.shape, NO_VALUE), quality)


def _keys(batch: Batch) -> list[tuple[int, int]]:
    return list(zip(batch.series_ids.tolist(), batch.days.tolist(), strict=True))
