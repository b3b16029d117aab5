"""Findings into the database: one statement per rule for any number of series and days.

A finding is known by series, day and rule. Found again it keeps its owner, its age and what was decided about the same
slots, an acceptance as long as the same value stands there; what is not found any more closes by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from metering.store import NO_VALUE, wire
from validation.actions import Action
from validation.engine.found import Found
from validation.engine.plan import Severity
from validation.models import Finding, ResultGroup, RuleSet
from validation.parameters import Values
from validation.window import Bools, Ints

DUE = timedelta(hours=48)
"""Time to decide where no result group says otherwise."""
_PRIORITY = {Severity.INFO: 90, Severity.WARNING: 50, Severity.ERROR: 20}
_State = Finding.State
_STATES = [_State.OPEN.value, _State.ESTIMATED.value, _State.NOTED.value]


class Judged(Protocol):
    """What was judged: series int64 (n,) and local days int32 (d,) since 1970."""

    @property
    def series_ids(self) -> Ints: ...
    @property
    def days(self) -> NDArray[np.int32]: ...


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


class FindingRule(Protocol):
    """A rule as findings know it."""

    @property
    def rule_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def condition(self) -> _Coded: ...
    @property
    def parameters(self) -> Values: ...
    @property
    def action(self) -> Action: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def replaces(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What all findings of a batch share: rule set, run, when, and the result group of each rule by the rule's id.

    `of_values`: what was decided about a finding holds for its value alone, not for whatever stands there later.
    `role` is that of the assignments the set was found by, "" where it was named.
    """

    rule_set_id: int
    run_id: int | None
    now: datetime
    groups: Mapping[int, ResultGroup]
    of_values: bool = False
    role: str = ""


def context_of(
    rule_set: RuleSet, rules: Sequence[int], run_id: int | None, now: datetime, *, of_values: bool = False,
    role: str = "",
) -> Context:  # fmt: skip
    """The context of the findings of these rules, by their ids. Two queries."""
    rows = list(ResultGroup.objects.filter(rules__in=rules).values_list("rules", "pk"))
    found = ResultGroup.objects.in_bulk([pk for _, pk in rows])
    return Context(rule_set.pk, run_id, now, {rule: found[pk] for rule, pk in rows}, of_values, role)


def record(
    window: Judged, found: Iterable[tuple[FindingRule, Found]], context: Context, edited: Ints, judged: Bools
) -> int:
    """Store what was found in a window and close what is gone; how many exceptions wait now because of it.

    `edited` int64 (k, 2): series and judged day (since 1970) on which somebody decided about values. `judged` bool
    (n,): the series whose findings these are all. In the transaction of the values.
    """
    waiting, kept = 0, [np.zeros((0, 3), np.int64)]
    told = list(found)
    standing = _standing([rule.rule_id for rule, _ in told])
    for rule, each in told:
        if not len(each) or rule.rule_id not in standing:
            continue
        rows = _columns(window, rule, each, context)
        wire.execute(_PUT, rows)
        waiting += int(rows["waits"].sum())
        kept.append(np.stack([rows["series"], rows["days"], np.full(len(each), rule.rule_id)], axis=1))
    _close(window.series_ids[judged], window, np.concatenate(kept), edited, context)
    return waiting


def _columns(window: Judged, rule: FindingRule, found: Found, context: Context) -> dict[str, Any]:
    group, bitmaps = context.groups.get(rule.rule_id), found.bitmaps()
    waits = _waits(rule, found)
    return {
        "series": window.series_ids[found.row],
        "days": window.days[found.day].astype(np.int64),
        "slots": bitmaps.tobytes(), "width": bitmaps.shape[1],
        "counts": found.slots.sum(axis=1),
        "first": found.first_at,
        "worst": found.worst_at,
        "value": found.value,
        "limit": found.limit.tolist(),
        "method": found.method,
        "before": found.before,
        "after": found.after,
        "state": _states(rule, found, waits), "states": _STATES,
        "waits": waits.astype(np.int64),
        "look": 1 + found.confirmed + 2 * found.refused.astype(np.int64), "looks": _evidence(rule),
        "rule": rule.rule_id, "rule_set": context.rule_set_id, "name": rule.name, "condition": rule.condition.code,
        "severity": rule.severity.value, "action": rule.action.value, "group": group and group.pk,
        "owner": group and group.owner_id, "priority": _PRIORITY[rule.severity], "run": context.run_id,
        "now": context.now, "due": context.now + (timedelta(hours=group.due_hours) if group else DUE),
        "none": NO_VALUE, "of_values": context.of_values,
    }  # fmt: skip


def _waits(rule: FindingRule, found: Found) -> Bools:
    """bool (m,): somebody has to decide."""
    if rule.severity is Severity.INFO:
        return np.zeros(len(found), np.bool_)
    if rule.severity is Severity.ERROR:
        return ~found.confirmed
    return ~found.settled & ~found.confirmed


def _states(rule: FindingRule, found: Found, waits: Bools) -> Ints:
    """int64 (m,): the place of each finding's state in `_STATES`, from 1 on."""
    done = np.where(found.settled & rule.replaces, 2, 3)
    return np.where(waits, 1, done).astype(np.int64)


def _evidence(rule: FindingRule) -> list[str]:
    """What else is to be known, as JSON: of findings that nothing is said of, confirmed ones, refused ones, both."""
    parameters = {name: str(value) for name, value in rule.parameters.items() if value is not None}
    said: tuple[dict[str, bool], ...] = (
        {},
        {"confirmed": True},
        {"refused": True},
        {"confirmed": True, "refused": True},
    )
    return [orjson.dumps({"parameters": parameters} | each).decode() for each in said]


def _standing(rules: Sequence[int]) -> set[int]:
    """Which of these rules there still are; nobody deletes them until the end of the transaction."""
    rows = wire.fetch(_STANDING, {"rules": np.array(rules, np.int64)}) if rules else []
    return {pk for (pk,) in rows}


_STANDING = "SELECT id FROM validation_rule WHERE id = ANY (%(rules)s::bigint[]) ORDER BY id FOR KEY SHARE"


def _close(series_ids: Ints, window: Judged, kept: Ints, edited: Ints, context: Context) -> None:
    """Exceptions of the judged days that were not found again are over: those of this set, of rules that are gone, and
    of sets that are not meant for anything but this role any more. What the set of another role found is not for this
    one to say."""
    rows = {
        "series": series_ids, "first": int(window.days[0]), "last": int(window.days[-1]), "now": context.now,
        "rule_set": context.rule_set_id, "role": context.role,
        "kept_series": kept[:, 0], "kept_days": kept[:, 1], "kept_rules": kept[:, 2],
        "edited_series": edited[:, 0], "edited_days": edited[:, 1],
    }  # fmt: skip
    wire.execute(_CLOSE, rows)


_PUT = """
INSERT INTO validation_finding AS f (
    series_id, day, slots, count, first_at, worst_at, value, "limit", method, before, after, state, evidence,
    rule_id, rule_set_id, rule_name, condition, severity, action, group_id, owner_id, priority, found_at, due_at,
    closed_at, reason, run_id)
SELECT k.series, date '1970-01-01' + k.day::integer,
    substring(%(slots)s::bytea FROM ((k.n - 1) * %(width)s::integer + 1)::integer FOR %(width)s::integer),
    k.count, to_timestamp(k.first), to_timestamp(k.worst),
    nullif(k.value, %(none)s), nullif(k.limit, 'NaN'), nullif(k.method, -1), nullif(k.before, %(none)s),
    nullif(k.after, %(none)s), (%(states)s::text[])[k.state], (%(looks)s::text[])[k.look]::jsonb,
    %(rule)s, %(rule_set)s, %(name)s, %(condition)s, %(severity)s, %(action)s, %(group)s, %(owner)s, %(priority)s,
    %(now)s, CASE WHEN k.waits = 1 THEN %(due)s END, CASE WHEN k.waits = 0 THEN %(now)s END, '', %(run)s
FROM unnest(
    %(series)s::bigint[], %(days)s::bigint[], %(counts)s::bigint[], %(first)s::bigint[], %(worst)s::bigint[],
    %(value)s::bigint[], %(limit)s::float8[], %(method)s::bigint[], %(before)s::bigint[], %(after)s::bigint[],
    %(state)s::bigint[], %(waits)s::bigint[], %(look)s::bigint[]
) WITH ORDINALITY AS k (series, day, count, first, worst, value, "limit", method, before, after, state, waits, look, n)
ON CONFLICT (series_id, day, rule_id) DO UPDATE SET
    slots = excluded.slots, count = excluded.count, first_at = excluded.first_at, worst_at = excluded.worst_at,
    value = excluded.value, "limit" = excluded."limit", method = excluded.method, before = excluded.before,
    after = excluded.after, evidence = excluded.evidence, severity = excluded.severity, action = excluded.action,
    rule_set_id = excluded.rule_set_id, rule_name = excluded.rule_name, run_id = excluded.run_id,
    state = CASE WHEN f.state = 'reread' AND excluded.state = 'open' THEN 'reread' ELSE excluded.state END,
    found_at = CASE WHEN f.state IN ('open', 'reread') THEN f.found_at ELSE excluded.found_at END,
    due_at = CASE WHEN excluded.state = 'open' THEN coalesce(f.due_at, excluded.due_at) END,
    closed_at = excluded.closed_at, closed_by_id = NULL, reason = ''
WHERE NOT (f.state IN ('accepted', 'edited') AND f.slots = excluded.slots
        AND (f.state = 'edited' AND NOT %(of_values)s OR f.value IS NOT DISTINCT FROM excluded.value))
    AND (f.slots, f.value, f."limit", f.method, f.before, f.after, f.state, f.evidence, f.severity, f.action)
        IS DISTINCT FROM (excluded.slots, excluded.value, excluded."limit", excluded.method, excluded.before,
            excluded.after, excluded.state, excluded.evidence, excluded.severity, excluded.action)
"""
_CLOSE = """
UPDATE validation_finding f SET
    state = CASE WHEN EXISTS (
        SELECT FROM unnest(%(edited_series)s::bigint[], %(edited_days)s::bigint[]) AS e (series, day)
        WHERE e.series = f.series_id AND date '1970-01-01' + e.day::integer = f.day) THEN 'edited' ELSE 'resolved' END,
    closed_at = %(now)s
WHERE f.series_id = ANY (%(series)s::bigint[]) AND f.state IN ('open', 'reread')
    AND f.day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
    AND (f.rule_set_id = %(rule_set)s OR f.rule_set_id IS NULL OR f.rule_id IS NULL
        OR %(role)s::text <> '' AND NOT EXISTS (
            SELECT FROM validation_assignment a WHERE a.rule_set_id = f.rule_set_id AND a.role <> %(role)s::text))
    AND NOT EXISTS (
        SELECT FROM unnest(%(kept_series)s::bigint[], %(kept_days)s::bigint[], %(kept_rules)s::bigint[])
            AS k (series, day, rule)
        WHERE k.series = f.series_id AND date '1970-01-01' + k.day::integer = f.day AND k.rule = f.rule_id)
"""
