"""Validation from store to store: windows in, values and findings out, a bounded number of series-days at a time.

    series-days ─ groups, assigned sets ─► batches ─ windows and facts ─► engine ─► values and findings, one transaction

Reading and judging hold nothing. Only the series that change are held while they are written, and what changed
meanwhile is left alone: the write that changed it has put it into the queue again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from metering.intervals import DAY_S, day_number, slots_per_day
from metering.quality import QualityClass, quality_class
from metering.store import Origin, lock_series, place, substitute
from metering.store.blocks import Blocks
from metering.store.fetch import fetch_blocks
from validation.engine.found import Index, findings
from validation.engine.own import own_estimates
from validation.engine.plan import Plan
from validation.engine.run import Result, run
from validation.facts import Facts
from validation.loading.facts import load_facts
from validation.loading.grouping import Group, groups
from validation.loading.received import as_received
from validation.loading.windows import GRACE_S, load_window
from validation.models import RuleSet
from validation.models.rules import Role
from validation.queue import OURS
from validation.services.assigning import assigned
from validation.services.corrections import note_corrections
from validation.services.plans import plan_of
from validation.services.reaching import WIDENED_BY, reaching, widened
from validation.services.recording import Context, context_of, record
from validation.services.tally import Tally
from validation.window import Bools, Ints, Window

SERIES_DAYS_AT_ONCE = 20_000
VALUES_AT_ONCE = 1_000_000
"""The engine judges so many values together: fewer cost more statements, more do not get quicker."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What is to be validated: series over local days, both included, by the sets assigned for `role` or by one set.

    `whole_days`: what lacks on a day that is not over is not missing yet. `stored_days`: values of these local days
    alone are stored, where the others were only taken in to know where a gap ends.
    """

    series_ids: Ints
    first_day: dt.date
    last_day: dt.date
    now: datetime
    role: Role = Role.ARRIVAL
    rule_set: RuleSet | None = None
    run_id: int | None = None
    origin: Origin = field(default_factory=lambda: Origin(rule=OURS))
    whole_days: bool = False
    stored_days: tuple[dt.date, dt.date] | None = None

    def due_by(self, zone: ZoneInfo) -> datetime:
        """The instant by which values had to be there."""
        local = self.now.astimezone(zone)
        begin = dt.datetime.combine(local.date(), dt.time(), tzinfo=zone) + dt.timedelta(seconds=GRACE_S)
        return min(self.now, begin) if self.whole_days else self.now


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """Series of one group that one rule set is meant for."""

    group: Group
    rule_set: RuleSet
    series_ids: Ints


def validate(work: Work) -> Tally:
    """Validate all of it; what was done, in numbers."""
    tally, rest = Tally(), work.series_ids
    for portion in portions(work):
        tally.add(validate_portion(work, portion))
        rest = np.setdiff1d(rest, portion.series_ids)
    # Nobody judges these; that a delivered day of theirs is another now has to be said all the same.
    for group in groups(rest):
        note_corrections(group.series_ids, work.first_day, work.last_day, group.zone, _cause(work))
    return tally


def portions(work: Work) -> Iterator[Portion]:
    """The work in parts of at most `SERIES_DAYS_AT_ONCE`; series without a set are left out."""
    days = (work.last_day - work.first_day).days + 1
    size = max(SERIES_DAYS_AT_ONCE // days, 1)
    for group in groups(work.series_ids):
        for rule_set, ids in _by_set(work, group.series_ids):
            for first in range(0, len(ids), size):
                yield Portion(group, rule_set, ids[first : first + size])


def _by_set(work: Work, ids: Ints) -> list[tuple[RuleSet, Ints]]:
    if work.rule_set is not None:
        return [(work.rule_set, ids)] if work.rule_set.kind == RuleSet.Kind.PROFILE else []
    found = assigned(ids, work.role, work.first_day)
    if work.role is Role.MANUAL:
        # Where no set is meant for edits by hand, they have to pass the one for what arrives.
        rest = np.setdiff1d(ids, np.concatenate([np.zeros(0, np.int64), *found.values()]))
        for pk, own in assigned(rest, Role.ARRIVAL, work.first_day).items():
            found[pk] = np.union1d(found.get(pk, own), own)
    sets = RuleSet.objects.in_bulk(list(found))
    return [(sets[pk], own) for pk, own in found.items()]


def load(work: Work, portion: Portion) -> tuple[Window, Window, Facts, Plan]:
    """The window as stored and as received, its facts and the plan for it."""
    zone = portion.group.zone
    window = load_window(
        portion.series_ids, work.first_day, work.last_day, zone, portion.group.interval_s, now=work.due_by(zone)
    )
    received = as_received(window, own_estimates(window.quality) & window.judged)
    final, decided = work.role is Role.FINAL, work.role is Role.MANUAL
    plan = plan_of(portion.rule_set, window.series_ids, final=final, decided=decided, day=work.first_day)
    return window, received, load_facts(window, plan.needs, zone), plan


def judged(
    window: Window, received: Window, facts: Facts, plan: Plan, zone: ZoneInfo
) -> Iterator[tuple[Window, Window, Plan, Result]]:
    """Windows of some rows, as stored and as received, their plan and what came of them."""
    ask = partial(load_facts, zone=zone)
    size = rows_at_once(window)
    for first in range(0, len(window), size):
        rows = slice(first, first + size)
        part, bare, own = window.take(rows), received.take(rows), plan.take(rows)
        yield part, bare, own, run(part, facts.take(rows), own, ask, bare)


def rows_at_once(window: Window) -> int:
    """How many rows of the window the engine judges together."""
    return max(VALUES_AT_ONCE // window.shape[1], 1)


def validate_portion(work: Work, portion: Portion, wider: Sequence[int] = WIDENED_BY) -> Tally:
    """Judge, and write what is different, in one transaction per block of rows.

    Series whose gap reaches beyond the days are validated over a wider stretch, by so many days.
    """
    tally = Tally()
    window, received, facts, plan = load(work, portion)
    beyond = reaching(received, portion.group.zone, work.now) if wider else np.zeros(len(window), np.bool_)
    if beyond.any():
        tally.add(_wider(work, replace(portion, series_ids=window.series_ids[beyond]), wider))
        rows = np.flatnonzero(~beyond)
        window, received, facts, plan = window.take(rows), received.take(rows), facts.take(rows), plan.take(rows)
    rules, role = [rule.rule_id for rule in plan.rules], "" if work.rule_set else work.role.value
    context = context_of(portion.rule_set, rules, work.run_id, work.now, role=role)
    names = {number: rule.name for number, rule in enumerate(plan.rules)}
    for part, bare, own, result in judged(window, received, facts, plan, portion.group.zone):
        tally.count_result(part, result, names)
        with transaction.atomic():
            _store(work, portion, part, bare, own, result, context, tally)
    return tally


def _wider(work: Work, portion: Portion, wider: Sequence[int]) -> Tally:
    first, last = widened(work.first_day, work.last_day, wider[0], work.now.astimezone(portion.group.zone).date())
    own = (work.first_day, work.last_day) if work.role is Role.FINAL else None
    stretch = replace(work, first_day=first, last_day=last, stored_days=work.stored_days or own)
    return validate_portion(stretch, portion, wider[1:])


def _store(
    work: Work, portion: Portion, window: Window, bare: Window, plan: Plan, result: Result, context: Context,
    tally: Tally,
) -> None:  # fmt: skip
    changed = result.changed & _stored_columns(work, window)
    rows = np.flatnonzero(changed.any(axis=1))
    stays = np.ones(len(window), np.bool_)
    if rows.size:
        stays[rows] = _unchanged(window.take(rows), changed[rows])
        tally.dropped += int((~stays).sum())
        tally.refused += _write(work, portion, window, result, changed & stays[:, None])
    found = []
    for each in findings(bare, result):
        kept = each.take(stays[each.row])
        tally.findings[plan.rules[each.rule].name] += len(kept)
        found.append((plan.rules[each.rule], kept))
    tally.exceptions += record(bare, found, context, _edited(window), stays)
    note_corrections(window.series_ids[stays], work.first_day, work.last_day, portion.group.zone, _cause(work))


def _stored_columns(work: Work, window: Window) -> Bools:
    """bool (slots,): the columns of the days whose values are stored."""
    if work.stored_days is None:
        return window.judged
    first, last = (day_number(day) for day in work.stored_days)
    within = (window.days >= first) & (window.days <= last)
    day = window.calendar.day
    return (day >= 0) & within[day]


def _unchanged(window: Window, changed: Bools) -> Bools:
    """bool (n,): series whose days with anything `changed` are stored as they were judged. From here on they are held.

    What is not there, as a day nothing came of or an archived one, cannot have changed.
    """
    lock_series(window.series_ids)
    per_day = slots_per_day(window.interval_s)
    row, day = _days_of(changed, per_day)
    first_day = window.start_s // DAY_S
    found = fetch_blocks(window.series_ids[row], (first_day + day).astype(np.int32))
    unchanged = np.ones(len(window), np.bool_)
    finer = found.interval_s != window.interval_s
    unchanged[row[found.rows[finer]]] = False
    if not finer.all():
        own = found.take(~finer)
        other = _differ(own.blocks, window, row[own.rows], day[own.rows])
        unchanged[row[own.rows[other]]] = False
    return unchanged


def _days_of(changed: Bools, per_day: int) -> tuple[Index, Index]:
    """Rows and UTC days of the window with anything changed, each pair once; column 0 begins a UTC day."""
    row, column = np.nonzero(changed)
    days = -(-changed.shape[1] // per_day)
    each = np.unique(row * days + column // per_day)
    return each // days, each % days


def _differ(blocks: Blocks, window: Window, row: Index, day: Index) -> Bools:
    """bool (m,): blocks that say something else than the window in these rows and days."""
    columns = day[:, None] * blocks.slots + np.arange(blocks.slots)
    within = columns < window.shape[1]
    place = row[:, None], np.minimum(columns, window.shape[1] - 1)
    other = (blocks.values != window.values[place]) | (blocks.quality_as_read() != window.quality[place])
    differ: Bools = np.logical_or.reduce(other & within, axis=1)
    return differ


def _write(work: Work, portion: Portion, window: Window, result: Result, changed: Bools) -> int:
    """Store the values that are different; how many were refused."""
    row, column = np.nonzero(changed)
    if not row.size:
        return 0
    placed = place(
        window.interval_s, window.series_ids[row], window.starts[column], result.values[row, column],
        result.quality[row, column], window.status[row, column],
    )  # fmt: skip
    return substitute(placed.batch, origin=work.origin).refused


def _edited(window: Window) -> Ints:
    """int64 (k, 2): series and judged days with values that somebody decided about."""
    decided = (quality_class(window.quality) == QualityClass.DECIDED)[:, window.edges[0] : window.edges[-1]]
    by_day = np.logical_or.reduceat(decided, window.edges[:-1] - window.edges[0], axis=1)
    row, day = np.nonzero(by_day)
    return np.stack([window.series_ids[row], window.days[day].astype(np.int64)], axis=1)


def _cause(work: Work) -> str:
    """Why a delivered day is different now, in words."""
    return "Edited by hand" if work.role is Role.MANUAL else "Values arrived or were estimated anew"
