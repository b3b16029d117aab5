"""The rule sets that come with the product: every utility has them, brought up to date with the release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from access import audit
from access.models import Utility
from validation.models import Assignment, Rule, RuleSet
from validation.models.rules import Role

SHIPPED = Path(__file__).parent.parent / "shipped"
DEFAULT = "default"
DEFAULTS = (DEFAULT, "default-periodic")
"""What a new utility is validated by on arrival, profile and periodic values."""

_SET_FIELDS = ("name", "description", "kind", "compatible", "estimation")
_RULE_FIELDS = (
    "position", "name", "condition", "parameters", "action", "action_parameters", "severity", "eligibility", "outages",
    "enabled", "note",
)  # fmt: skip


@cache
def shipped_sets() -> dict[str, Mapping[str, Any]]:
    """What the files say, by code: the name of the file."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SHIPPED.glob("*.json"))}


@transaction.atomic
def sync_shipped(utility: Utility) -> int:
    """Make or update the shipped sets of a utility; returns how many changed.

    A rule keeps its row as long as it keeps its name, so that findings know their rule. A set of the utility's own with
    the code of a shipped one stays as it is. A utility that gets one of `DEFAULTS` for the first time is validated by
    it on arrival, unless it has another set for that.
    """
    changed = [_synced(utility, code, told) for code, told in shipped_sets().items()]
    made = [row for row in changed if row is not None and row.version == 1]
    for row in made:
        if row.code in DEFAULTS:
            _assign(row)
    for row in filter(None, changed):
        audit.record("rule set shipped", f"{row}, version {row.version}", utility=utility, target=row)
    return sum(row is not None for row in changed)


def shipped_set(code: str, told: Mapping[str, Any], utility: Utility) -> tuple[RuleSet, list[Rule]]:
    """A set and its rules as its file says, not stored."""
    row = RuleSet(utility=utility, code=code, shipped=True, **{key: told[key] for key in _SET_FIELDS if key in told})
    rules = [Rule(rule_set=row, position=number, **rule) for number, rule in enumerate(told["rules"], start=1)]
    return row, rules


def _synced(utility: Utility, code: str, told: Mapping[str, Any]) -> RuleSet | None:
    """The set where anything about it changed."""
    row, rules = shipped_set(code, told, utility)
    stored = RuleSet.objects.select_for_update().filter(utility=utility, code=code).first()
    if stored is None:
        row.save()
        Rule.objects.bulk_create(rules)
        return row
    if not stored.shipped or not (_take(stored, row, _SET_FIELDS) | _rules_synced(stored, rules)):
        return None
    stored.version += 1
    stored.save()
    return stored


def _rules_synced(stored: RuleSet, rules: list[Rule]) -> bool:
    there = {rule.name: rule for rule in stored.rules.all()}
    gone, new, other = set(there) - {rule.name for rule in rules}, [], []
    for rule in rules:
        rule.rule_set = stored
        if rule.name not in there:
            new.append(rule)
        elif _take(there[rule.name], rule, _RULE_FIELDS):
            other.append(there[rule.name])
    stored.rules.filter(name__in=gone).delete()
    Rule.objects.bulk_update(other, _RULE_FIELDS)
    Rule.objects.bulk_create(new)
    return bool(gone or new or other)


def _take(stored: RuleSet | Rule, told: RuleSet | Rule, fields: tuple[str, ...]) -> bool:
    """Give the stored row what the file says; whether anything was different."""
    different = [name for name in fields if getattr(stored, name) != getattr(told, name)]
    for name in different:
        setattr(stored, name, getattr(told, name))
    return bool(different)


def _assign(row: RuleSet) -> None:
    arrivals = Assignment.objects.filter(utility=row.utility, role=Role.ARRIVAL, rule_set__kind=row.kind)
    if not arrivals.exists():
        Assignment.objects.create(utility=row.utility, role=Role.ARRIVAL, rule_set=row)
