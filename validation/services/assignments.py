"""Assigning rule sets, recorded."""

from __future__ import annotations

from django.db import transaction

from access import audit
from access.models import User
from validation.models import Assignment


@transaction.atomic
def assign(*, assignment: Assignment, user: User) -> None:
    """Store an assignment that was checked."""
    assignment.save()
    audit.record(
        "rule set assigned", _words(assignment), user=user, utility=assignment.utility, target=assignment.rule_set
    )


@transaction.atomic
def remove_assignment(*, assignment: Assignment, user: User) -> None:
    """Take an assignment away; the set stays."""
    audit.record(
        "rule set no longer assigned", _words(assignment), user=user, utility=assignment.utility,
        target=assignment.rule_set,
    )  # fmt: skip
    assignment.delete()


def _words(assignment: Assignment) -> str:
    return f"{assignment}, {assignment.get_role_display().lower()}"
