"""How well the rules of a set do: what they found, and how much of it was no error after all."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from access.models import User
from validation.models import Finding, RuleSet

_DECIDED = (Finding.State.ACCEPTED, Finding.State.ESTIMATED, Finding.State.EDITED)


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """Findings of one rule: all, those people decided about, and those whose values were accepted as they are."""

    found: int = 0
    decided: int = 0
    accepted: int = 0

    @property
    def false_positives(self) -> int | None:
        """Per cent of the decided findings whose values were right; None while nothing is decided."""
        return round(100 * self.accepted / self.decided) if self.decided else None


def figures_of(rule_set: RuleSet, user: User) -> dict[int, RuleFigures]:
    """Figures by id of the rule, of the findings open to `user`. One query."""
    rows = Finding.objects.visible_to(user).filter(rule__rule_set=rule_set).order_by().values("rule")
    counted = rows.annotate(
        found=Count("pk"),
        decided=Count("pk", filter=Q(state__in=_DECIDED, closed_by__isnull=False)),
        accepted=Count("pk", filter=Q(state=Finding.State.ACCEPTED, closed_by__isnull=False)),
    )
    return {row["rule"]: RuleFigures(row["found"], row["decided"], row["accepted"]) for row in counted}
