"""How rules do: how much they find, and how much of it turns out to be right after all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, F, FloatField, Func, Q
from django.db.models.functions import Coalesce, Now

from access.models import User
from aim.web.formats import age
from validation.filters import WAITING
from validation.models import Finding

_State = Finding.State
_DECIDED = Q(state__in=(_State.ACCEPTED, _State.ESTIMATED, _State.EDITED), closed_by__isnull=False)
_ANY = datetime(2026, 1, 1, tzinfo=UTC)
MOST_RULES = 500


class _MedianSeconds(Aggregate):
    """The median of a length of time, in seconds."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM (%(expressions)s)))"
    output_field = FloatField()


class _Lasted(Func):
    """How long a finding has waited, or waited until it was closed."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class RulePerformance:
    """Findings of one rule over a period. `lasted`: the median from being found until closed, or until now."""

    rule_name: str
    condition: str
    found: int
    waiting: int
    accepted: int
    estimated: int
    edited: int
    resolved: int
    noted: int
    decided: int
    accepted_by_people: int
    lasted: timedelta

    @property
    def false_positives(self) -> int | None:
        """Per cent of what people decided about that was right as it stood; None while nothing is decided."""
        return round(100 * self.accepted_by_people / self.decided) if self.decided else None

    @property
    def lasted_words(self) -> str:
        """`3 h`, `2 d`: the median in the largest whole unit."""
        words = age(_ANY, _ANY + self.lasted)
        return words.removesuffix(" ago") if words.endswith(" ago") else "under 1 min"


def performance(user: User, since: datetime) -> list[RulePerformance]:
    """Of every rule that found something since then, what is open to `user`; most findings first. One query."""
    rows = Finding.objects.visible_to(user).filter(found_at__gte=since).order_by()
    counted = rows.values("rule_name", "condition").annotate(
        found=Count("pk"),
        waiting=_count(WAITING),
        accepted=_count(Q(state=_State.ACCEPTED)),
        estimated=_count(Q(state=_State.ESTIMATED)),
        edited=_count(Q(state=_State.EDITED)),
        resolved=_count(Q(state=_State.RESOLVED)),
        noted=_count(Q(state=_State.NOTED)),
        decided=_count(_DECIDED),
        accepted_by_people=_count(_DECIDED & Q(state=_State.ACCEPTED)),
        lasted=_MedianSeconds(_Lasted(Coalesce("closed_at", Now()), F("found_at"))),
    )  # fmt: skip
    return [_line(row) for row in counted.order_by("-found", "rule_name")[:MOST_RULES]]


def _count(which: Q) -> Count:
    return Count("pk", filter=which)


def _line(row: Mapping[str, Any]) -> RulePerformance:
    return RulePerformance(**{**row, "lasted": timedelta(seconds=max(row["lasted"], 0))})
