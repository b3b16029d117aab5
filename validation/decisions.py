"""What can be decided about one exception, as its page offers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from access.models import User
from validation.bulk import DECIDE, person, priority
from validation.models import Finding
from validation.services.claiming import Decided, DecisionError
from validation.services.deciding import accept_findings, assign_findings, comment_finding, set_priority
from validation.services.estimating import estimate_findings
from validation.services.rereading import reread_findings

Posted: TypeAlias = Mapping[str, str]
MEANWHILE = "This exception was decided meanwhile: look at what became of it."
REASONS = (
    "The customer confirmed it",
    "Known special load",
    "Holidays or absence",
    "Check meter agrees",
    "New equipment at the customer",
    "Plausible for the season",
)
"""What is said most often when values are accepted; anything else can be written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`act(finding, user, posted)` does it and says what came of it; DecisionError where it cannot be done.

    `moves_on`: the next exception of the queue comes up after it.
    """

    act: Callable[[Finding, User, Posted], str]
    permission: str = DECIDE
    moves_on: bool = False


def _accept(finding: Finding, user: User, posted: Posted) -> str:
    seen = {finding.pk: posted["seen"]} if posted.get("seen") else None
    rows = Finding.objects.filter(pk=finding.pk)
    decided = _one(accept_findings(findings=rows, user=user, reason=posted.get("reason", ""), seen=seen))
    return f"Accepted: {decided.values:,} value{'' if decided.values == 1 else 's'} changed."


def _estimate(finding: Finding, user: User, posted: Posted) -> str:
    method = posted.get("method") or None
    rows, reason = Finding.objects.filter(pk=finding.pk), posted.get("reason", "").strip()
    decided = _one(estimate_findings(findings=rows, user=user, method=method, reason=reason))
    return f"Estimated: {decided.values:,} value{'' if decided.values == 1 else 's'} changed."


def _reread(finding: Finding, user: User, posted: Posted) -> str:
    decided, jobs = reread_findings(findings=Finding.objects.filter(pk=finding.pk), user=user)
    _one(decided)
    return f"It is being read again by job {jobs[0].pk}; it stays in the queue until the values came."


def _take(finding: Finding, user: User, posted: Posted) -> str:
    _one(assign_findings(findings=Finding.objects.filter(pk=finding.pk), owner=user, user=user))
    return "It is yours."


def _assign(finding: Finding, user: User, posted: Posted) -> str:
    owner = person(posted.get("owner", "").strip())
    _one(assign_findings(findings=Finding.objects.filter(pk=finding.pk), owner=owner, user=user))
    return f"It is assigned to {owner.get_full_name() or owner.username}." if owner else "It is assigned to nobody."


def _move(finding: Finding, user: User, posted: Posted) -> str:
    wanted = priority(posted.get("priority", "").strip())
    _one(set_priority(findings=Finding.objects.filter(pk=finding.pk), priority=wanted, user=user))
    return f"Its priority is {wanted}."


def _comment(finding: Finding, user: User, posted: Posted) -> str:
    comment_finding(finding=finding, text=posted.get("comment", ""), user=user)
    return "The comment is kept."


def _one(decided: Decided) -> Decided:
    if not decided.done:
        raise DecisionError(MEANWHILE)
    return decided


DECISIONS: dict[str, Decision] = {
    "accept": Decision(_accept, moves_on=True),
    "estimate": Decision(_estimate, moves_on=True),
    "reread": Decision(_reread, "devices.read_device", moves_on=True),
    "take": Decision(_take),
    "assign": Decision(_assign),
    "move": Decision(_move),
    "comment": Decision(_comment),
}
