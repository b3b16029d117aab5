"""The order of the queue, and what comes before and after an exception in it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Extract

from validation.models import Finding

RANK = "queue_rank"
_NO_DUE = 2**33
"""Later than any time in seconds since 1970 that is still a due time, and the size of a step of priority."""


def ranked(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Annotates `queue_rank`: by priority, then by due time, those without one last. Ties go by id."""
    seconds = Cast(Extract("due_at", "epoch", tzinfo=UTC), BigIntegerField())
    due = Coalesce(seconds, _number(_NO_DUE - 1))
    rank = Cast(F("priority"), BigIntegerField()) * _number(_NO_DUE) + due
    # Without its type the sum counts as a 32-bit integer, and comparing it with more finds nothing.
    return findings.annotate(**{RANK: ExpressionWrapper(rank, output_field=BigIntegerField())})


def _number(value: int) -> Value:
    return Value(value, output_field=BigIntegerField())


def following(queue: QuerySet[Finding], finding: Any) -> Finding | None:
    """What comes after a ranked `finding` in a ranked queue, whether or not it is still in it itself. One query."""
    rank = finding.queue_rank
    later = queue.filter(Q(queue_rank__gt=rank) | Q(queue_rank=rank, pk__gt=finding.pk))
    return later.order_by(RANK, "pk").first()


def preceding(queue: QuerySet[Finding], finding: Any) -> Finding | None:
    """What comes before it. One query."""
    rank = finding.queue_rank
    earlier = queue.filter(Q(queue_rank__lt=rank) | Q(queue_rank=rank, pk__lt=finding.pk))
    return earlier.order_by(f"-{RANK}", "-pk").first()
