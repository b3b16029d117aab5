"""Which retry policy holds: the utility's own rule for a cause where it has one, else that of `headend.causes`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import uniform

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from headend import causes
from headend.causes import RetryPolicy
from headend.models import JobItem, RetryRule


@dataclass(frozen=True, slots=True)
class Policies:
    """The rules of some utilities by (utility, cause)."""

    own: Mapping[tuple[int, str], RetryPolicy]

    def of(self, utility_id: int, cause: str) -> RetryPolicy:
        return self.own.get((utility_id, cause)) or causes.rule(cause).policy


def policies(utility_ids: Iterable[int]) -> Policies:
    """The policies of these utilities as they stand now. One query."""
    rules = RetryRule.objects.filter(utility__in=set(utility_ids))
    return Policies({(rule.utility_id, rule.cause): rule.policy for rule in rules})


def wait(policy: RetryPolicy, attempt: int) -> timedelta | None:
    """How long to wait after attempt number `attempt` (from 1), spread by its jitter; None: not tried again."""
    seconds = policy.wait_after(attempt)
    if seconds is None:
        return None
    jitter = policy.jitter_percent / 100
    return timedelta(seconds=seconds * uniform(1 - jitter, 1 + jitter))  # noqa: S311 - spreads load


def used_up(items: QuerySet[JobItem], cause: str) -> QuerySet[JobItem]:
    """Those of `items` that have had all the attempts their utility grants for `cause`."""
    own = RetryRule.objects.filter(utility=OuterRef("job__utility"), cause=cause).values("attempts")
    granted = Coalesce(Subquery(own), Value(causes.rule(cause).attempts))
    return items.annotate(granted=granted).filter(attempts__gte=F("attempts_before") + F("granted"))
