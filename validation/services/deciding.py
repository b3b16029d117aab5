"""Deciding about exceptions: accept, assign, order, comment. Each keyword-only, checked, and in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from access.models import User
from metering.services.editing.saving import origin_of
from validation.models import Finding, FindingNote
from validation.services.accepting import accept_values, values_mark
from validation.services.claiming import LONGEST_REASON, Decided, DecisionError, claim, close, record

LONGEST_NOTE = 2_000
LEAST_URGENT = 100


@transaction.atomic
def accept_findings(
    *, findings: QuerySet[Finding], user: User, reason: str, seen: Mapping[int, str] | None = None
) -> Decided:
    """Declare the values of these exceptions right as they are: suspect and estimated ones become accepted.

    `seen`: by finding what `values_mark` said of its day when the person looked; DecisionError where values changed
    since. DecisionError without a reason, which stays with every version of a value.
    """
    reason = _reason(reason)
    claimed, meanwhile = claim(findings, user)
    if seen and any(values_mark(each) != seen[each.pk] for each in claimed if each.pk in seen):
        raise DecisionError("Values of the day changed after you looked; nothing was decided. Look again.")
    close(claimed, Finding.State.ACCEPTED, user=user, reason=reason)
    counts = accept_values(claimed, origin_of(user, reason))
    record("exceptions accepted", claimed, user=user, reason=reason, values=counts.changed)
    return Decided(len(claimed), counts.changed, meanwhile)


@transaction.atomic
def assign_findings(*, findings: QuerySet[Finding], owner: User | None, user: User) -> Decided:
    """Give these exceptions to `owner`, or to nobody. DecisionError for somebody who may not decide about them all."""
    claimed, meanwhile = claim(findings, user)
    keys = [each.pk for each in claimed]
    if owner is not None and Finding.objects.visible_to(owner, "decide").filter(pk__in=keys).count() < len(keys):
        raise DecisionError(f"{owner.get_full_name() or owner.username} may not decide about all of these.")
    Finding.objects.filter(pk__in=keys).update(owner=owner)
    record("exceptions assigned", claimed, user=user, reason="", owner=owner.username if owner else "")
    return Decided(len(claimed), 0, meanwhile)


@transaction.atomic
def set_priority(*, findings: QuerySet[Finding], priority: int, user: User) -> Decided:
    """Move these exceptions in the queue: 0 comes first, 100 last; DecisionError for anything else."""
    if not 0 <= priority <= LEAST_URGENT:
        raise DecisionError(f"A priority lies between 0 (first) and {LEAST_URGENT} (last).")
    claimed, meanwhile = claim(findings, user)
    Finding.objects.filter(pk__in=[each.pk for each in claimed]).update(priority=priority)
    record("exceptions moved in the queue", claimed, user=user, reason="", priority=priority)
    return Decided(len(claimed), 0, meanwhile)


@transaction.atomic
def comment_finding(*, finding: Finding, text: str, user: User) -> FindingNote:
    """Note something about a finding, also about a decided one. DecisionError for no text or one that is too long."""
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise DecisionError(f"A comment has between 1 and {LONGEST_NOTE:,} characters.")
    if not Finding.objects.visible_to(user, "decide").filter(pk=finding.pk).exists():
        raise DecisionError("This exception lies outside of what you may decide about.")
    note = FindingNote.objects.create(finding=finding, text=text, created_by=user)
    record("exception commented", [finding], user=user, reason="")
    return note


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise DecisionError("Say why: the reason stays with every version of a value.")
    return reason[:LONGEST_REASON]
