"""Consumption from stands, on arrival.

A stand belongs to its instant, an interval is named by its start: consumption of slot k = stand at k+1 − stand at k,
and the last slot of a day ends with the first stand of the next. Only slots one of whose two stands is new, changed or
withdrawn are derived again, so that a decision about another slot of the day is left alone.
"""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store.batch import NO_VALUE, Batch
from metering.store.combine import combine
from metering.store.derivation.days import Days, before_midnight, readings_of, within_days
from metering.store.derivation.joints import Break, Interval, Used, batches, joints
from metering.store.derivation.rules import Rules, rules_of
from metering.store.derivation.stored_days import sibling_days
from metering.store.mode import Mode
from metering.store.outcome import Counts, Origin
from metering.store.registry import Stored, on_stored
from metering.store.writer import put

logger = logging.getLogger(__name__)


@on_stored.register
def derive_consumption(stored: Stored) -> None:
    """Write the consumption that newly stored stands make known, in the same transaction and under the same origin.

    Where a stand was withdrawn the consumption it made known is withdrawn too, unless somebody decided or estimated it.
    """
    rules = rules_of(stored.batch.series_ids)
    if rules is None:
        return
    rows = np.isin(stored.batch.series_ids, rules.feeds.series_ids)
    batch, changed, withdrawn = stored.batch.take(rows), stored.slots[rows], stored.withdrawn[rows]
    days = _days(batch, changed, withdrawn)
    parts = within_days(days, rules) + before_midnight(days, rules, changed[:, 0], withdrawn[:, 0])
    found = joints(rules, breaks_near(days, rules))
    if withdrawn.any():
        gone = batches(_ending_at(found, days, withdrawn), withdraw=True)
        parts = [*parts, *gone, *of_siblings(days), *(_known(part) for part in parts)]
    store_derived([*parts, *batches(found)], stored.origin)


def of_siblings(days: Days) -> list[Batch]:
    """What other series that feed the same know of these days: it stands again where these series say nothing more."""
    parts: list[Batch] = []
    for others in sibling_days(days):
        rules = rules_of(others.series_ids)
        if rules is not None:
            parts += within_days(others.take(np.isin(others.series_ids, rules.feeds.series_ids)), rules)
    return parts


def store_derived(parts: list[Batch], origin: Origin) -> Counts:
    """Write derived consumption; where two parts speak of the same slot the later one stands."""
    counts = put(combine(parts), origin, Mode.DERIVED)
    for refusal in counts.refusals:
        logger.warning("Consumption not stored: %s", refusal)
    return counts


def breaks_near(days: Days, rules: Rules) -> list[Break]:
    """What happens to the registers that feed the same series as these days, on them or a day around."""
    targets, instants = rules.breaks()
    if not len(targets):
        return []
    known = _keys(rules.feeds.targets[rules.feeds.rows(days.series_ids)], days.days.astype(np.int64))
    near = np.zeros(len(targets), np.bool_)
    for offset in (-1, 0, 1):
        near |= np.isin(_keys(targets, instants // DAY_S + offset), known)
    return list(zip(targets[near].tolist(), instants[near].tolist(), strict=True))


def _days(batch: Batch, changed: NDArray[np.bool_], withdrawn: NDArray[np.bool_]) -> Days:
    stands = readings_of(batch)
    days = Days(batch.interval_s, batch.series_ids, batch.days, stands, _both_sides(batch, changed))
    return days if not withdrawn.any() else days.with_withdrawn(_both_sides(batch, withdrawn))


def _both_sides(batch: Batch, stands: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The slots that begin or end with one of these stands, (n, slots)."""
    followed = np.append((np.diff(batch.series_ids) == 0) & (np.diff(batch.days) == 1), False)
    closing = np.append(stands[1:, 0], False) & followed
    sides: NDArray[np.bool_] = stands | np.hstack([stands[:, 1:], closing[:, None]])
    return sides


def _ending_at(
    found: dict[Interval, Used | None], days: Days, withdrawn: NDArray[np.bool_]
) -> dict[Interval, Used | None]:
    """Those of the intervals at one of whose ends a stand was withdrawn."""
    instants = set(days.starts[withdrawn].tolist())
    return {interval: each for interval, each in found.items() if {interval.start, interval.end} & instants}


def _known(part: Batch) -> Batch:
    """The part without withdrawals."""
    assert part.quality is not None
    return replace(part, quality=np.where(part.values == NO_VALUE, np.uint8(0), part.quality))


def _keys(targets: NDArray[np.int64], days: NDArray[np.int64]) -> NDArray[np.int64]:
    return (targets << 22) + days
