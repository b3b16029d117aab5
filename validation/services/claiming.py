"""Taking exceptions in hand: whoever decides first decides, and whoever comes later is told so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.models import User, Utility
from metering import store
from validation.filters import WAITING
from validation.models import Finding

MOST = 5_000
"""At once: one transaction holds them all."""
NAMED = 100
LONGEST_REASON = 400


class DecisionError(ValueError):
    """What was asked for cannot be done; the message says why, for the person who asked."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision about several exceptions.

    done       how many were decided
    values     values that changed with that
    meanwhile  how many somebody, or new data, had decided before
    """

    done: int
    values: int = 0
    meanwhile: int = 0


def claim(findings: QuerySet[Finding], user: User) -> tuple[list[Finding], int]:
    """The exceptions among `findings` that `user` may decide, held for this transaction, and how many no longer wait.

    Series are held before findings, as whoever validates holds them. DecisionError for more than `MOST`.
    """
    asked = Finding.objects.visible_to(user, "decide").filter(pk__in=findings.order_by().values("pk"))
    wanted = list(asked.order_by("pk").values_list("pk", "series_id")[: MOST + 1])
    if len(wanted) > MOST:
        raise DecisionError(f"At most {MOST:,} exceptions are decided at once: narrow the selection.")
    store.lock_series(np.unique(np.array([series for _pk, series in wanted], np.int64)))
    held = Finding.objects.filter(WAITING, pk__in=[pk for pk, _series in wanted]).order_by("pk")
    joined = held.select_related("series__measured_property", "series__metering_point__utility", "rule_set")
    claimed = list(joined.select_for_update(no_key=True, of=("self",)))
    return claimed, len(wanted) - len(claimed)


def close(findings: Sequence[Finding], state: Finding.State, *, user: User | None, reason: str) -> None:
    """Write down how these were decided."""
    Finding.objects.filter(pk__in=[each.pk for each in findings]).update(
        state=state, closed_at=timezone.now(), closed_by=user, reason=reason[:LONGEST_REASON]
    )


def record(verb: str, findings: Sequence[Finding], *, user: User, reason: str, **details: object) -> None:
    """One record in the audit trail for each utility."""
    for utility, own in _by_utility(findings):
        alone = own[0] if len(own) == 1 else None
        ids = [each.pk for each in own[:NAMED]]
        audit.record(
            verb, str(alone) if alone else f"{len(own):,} exceptions", user=user, utility=utility, target=alone,
            details={"count": len(own), "findings": ids, "reason": reason, **details},
        )  # fmt: skip


def _by_utility(findings: Iterable[Finding]) -> list[tuple[Utility, list[Finding]]]:
    found: dict[int, tuple[Utility, list[Finding]]] = {}
    for each in findings:
        utility = each.series.metering_point.utility
        found.setdefault(utility.pk, (utility, []))[1].append(each)
    return list(found.values())
