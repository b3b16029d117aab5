"""Changing rule sets, recorded: every change makes the set one version newer."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max, ProtectedError
from django.utils import timezone

from access import audit
from access.models import User
from validation.engine.plan import MOST_RULES
from validation.models import Rule, RuleSet


class RuleSetError(ValueError):
    """The rule set cannot be changed so; the message says why and what to do."""


@transaction.atomic
def save_rule(*, rule: Rule, user: User) -> None:
    """Store a rule that was checked; a new one comes last. RuleSetError for a shipped set and for one that is full."""
    rule_set = _held(rule.rule_set)
    verb = "rule changed" if rule.pk else "rule added"
    if not rule.pk:
        rule.position = (rule_set.rules.aggregate(last=Max("position"))["last"] or 0) + 1
        if rule.position > MOST_RULES:
            raise RuleSetError(f"A rule set has at most {MOST_RULES} rules.")
    rule.save()
    _changed(rule_set, verb, rule.name, user)


@transaction.atomic
def switch_rule(*, rule: Rule, enabled: bool, user: User) -> None:
    """Let a rule judge, or not."""
    rule_set = _held(rule.rule_set)
    Rule.objects.filter(pk=rule.pk).update(enabled=enabled)
    _changed(rule_set, f"rule switched {'on' if enabled else 'off'}", rule.name, user)


@transaction.atomic
def move_rule(*, rule: Rule, up: bool, user: User) -> None:
    """Let a rule change places with the one before or after it; the first and the last stay where they are."""
    rule_set = _held(rule.rule_set)
    ordered = list(rule_set.rules.order_by("position"))
    here = ordered.index(rule)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(ordered):
        return
    ordered[here], ordered[there] = ordered[there], ordered[here]
    _number(ordered)
    _changed(rule_set, "rule moved", f"{rule.name} is number {there + 1}", user)


@transaction.atomic
def delete_rule(*, rule: Rule, user: User) -> None:
    """Take a rule out of its set; what it found stays."""
    rule_set, name = _held(rule.rule_set), rule.name
    rule.delete()
    _number(list(rule_set.rules.order_by("position")))
    _changed(rule_set, "rule deleted", name, user)


@transaction.atomic
def save_steps(*, rule_set: RuleSet, steps: list[dict[str, Any]], user: User) -> None:
    """Keep these steps of estimating, in this order."""
    held = _held(rule_set)
    RuleSet.objects.filter(pk=held.pk).update(estimation=steps)
    _changed(held, "steps of estimating changed", f"{len(steps)} steps", user)


@transaction.atomic
def describe_rule_set(*, rule_set: RuleSet, user: User) -> None:
    """Store name and description of a set."""
    held = _held(rule_set)
    rule_set.save(update_fields=["name", "description", "changed_at"])
    _changed(held, "rule set described", rule_set.name, user)


@transaction.atomic
def make_rule_set(*, rule_set: RuleSet, user: User) -> None:
    """Store a new set without rules."""
    rule_set.save()
    audit.record("rule set made", rule_set.name, user=user, utility=rule_set.utility, target=rule_set)


@transaction.atomic
def delete_rule_set(*, rule_set: RuleSet, user: User) -> None:
    """Take a set away; runs and findings of it stay. RuleSetError names where it is in use."""
    held = _held(rule_set)
    audit.record("rule set deleted", held.name, user=user, utility=held.utility, target=held)
    try:
        held.delete()
    except ProtectedError as error:
        used = ", ".join(sorted(str(row) for row in error.protected_objects))
        raise RuleSetError(f"“{rule_set}” is in use and stays: {used}. Remove these assignments first.") from error


def _held(rule_set: RuleSet) -> RuleSet:
    """The set, locked; RuleSetError where it is a shipped one."""
    held = RuleSet.objects.select_for_update(of=("self",)).select_related("utility").get(pk=rule_set.pk)
    if held.shipped:
        raise RuleSetError(f"“{held}” comes with the product and stays as it is: copy it and change the copy.")
    return held


def _number(rules: list[Rule]) -> None:
    for place, rule in enumerate(rules, start=1):
        rule.position = place
    Rule.objects.bulk_update(rules, ["position"])


def _changed(rule_set: RuleSet, verb: str, told: str, user: User) -> None:
    RuleSet.objects.filter(pk=rule_set.pk).update(version=F("version") + 1, changed_at=timezone.now())
    audit.record(verb, f"{rule_set}: {told}", user=user, utility=rule_set.utility, target=rule_set)
