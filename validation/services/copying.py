"""Copies of rule sets: how a shipped set becomes one's own."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from access import audit
from access.models import User, Utility
from validation.models import Rule, RuleSet


@transaction.atomic
def copy_rule_set(*, rule_set: RuleSet, user: User, name: str) -> RuleSet:
    """A set of the same rules and steps under another name, which can be changed; it is assigned to nothing yet."""
    utility = rule_set.utility
    copy = RuleSet.objects.create(
        utility=utility, code=free_code(utility, name), name=name, description=rule_set.description,
        kind=rule_set.kind, compatible=rule_set.compatible, estimation=rule_set.estimation,
    )  # fmt: skip
    rules = list(rule_set.rules.order_by("position"))
    for rule in rules:
        rule.pk, rule.rule_set = None, copy
        rule._state.adding = True
    Rule.objects.bulk_create(rules)
    told = f"{copy}, a copy of {rule_set} version {rule_set.version}"
    audit.record("rule set copied", told, user=user, utility=utility, target=copy)
    return copy


def free_code(utility: Utility, name: str) -> str:
    """A code made of the name that no set of the utility has."""
    taken = set(RuleSet.objects.filter(utility=utility).values_list("code", flat=True))
    base = slugify(name)[:34] or "rules"
    return next(code for n in range(1, len(taken) + 2) if (code := base if n == 1 else f"{base}-{n}") not in taken)
