"""What can be done with several exceptions of the queue at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from access.models import User
from aim.web.bulk import BulkAction
from metering.views.people import user_of
from validation.filters import WAITING
from validation.services.claiming import Decided, DecisionError
from validation.services.deciding import accept_findings, assign_findings, set_priority
from validation.services.estimating import estimate_findings
from validation.services.rereading import reread_findings

DECIDE = "validation.decide_finding"
Findings: TypeAlias = QuerySet[Any]


def waiting(rows: Findings) -> Findings:
    """Those that still wait for a decision."""
    return rows.filter(WAITING)


def accept_selected(request: HttpRequest, rows: Findings) -> str:
    """Accept them, with the reason of the confirmation."""
    return _done(
        request, "accepted", lambda: accept_findings(findings=rows, user=user_of(request), reason=_note(request))
    )


def estimate_selected(request: HttpRequest, rows: Findings) -> str:
    """Estimate them by the steps of their rule sets, with the reason of the confirmation."""
    return _done(
        request, "estimated", lambda: estimate_findings(findings=rows, user=user_of(request), reason=_note(request))
    )


def reread_selected(request: HttpRequest, rows: Findings) -> str:
    """Have them read again; to the job where there is just one."""
    try:
        decided, jobs = reread_findings(findings=rows, user=user_of(request))
    except DecisionError as error:
        messages.error(request, str(error))
        return _back(request)
    tell(request, decided, "being read again")
    return jobs[0].get_absolute_url() if len(jobs) == 1 else _back(request)


def take_selected(request: HttpRequest, rows: Findings) -> str:
    """Give them to the one who asks."""
    user = user_of(request)
    return _done(request, "yours", lambda: assign_findings(findings=rows, owner=user, user=user))


def assign_selected(request: HttpRequest, rows: Findings) -> str:
    """Give them to the person named in the confirmation."""
    return _done(
        request, "assigned",
        lambda: assign_findings(findings=rows, owner=person(_note(request)), user=user_of(request)),
    )  # fmt: skip


def move_selected(request: HttpRequest, rows: Findings) -> str:
    """Give them the priority of the confirmation."""
    return _done(
        request, "moved",
        lambda: set_priority(findings=rows, priority=priority(_note(request)), user=user_of(request)),
    )  # fmt: skip


def person(name: str) -> User | None:
    """The active user of this name; None for no name. DecisionError for one nobody has."""
    if not name:
        return None
    found = User.objects.filter(username__iexact=name, is_active=True).first()
    if found is None:
        raise DecisionError(f"There is no user {name!r}.")
    return found


def priority(text: str) -> int:
    """A priority as written. DecisionError for anything that is no number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise DecisionError("A priority is a number: 0 comes first, 100 last.")
    return int(text)


def tell(request: HttpRequest, decided: Decided, what: str) -> None:
    """Say on the next page what came of a decision."""
    noun = "exception is" if decided.done == 1 else "exceptions are"
    if decided.done:
        values = f"; {decided.values:,} values changed" if decided.values else ""
        messages.success(request, f"{decided.done:,} {noun} {what}{values}.")
    if decided.meanwhile:
        was = "was" if decided.meanwhile == 1 else "were"
        messages.warning(request, f"{decided.meanwhile:,} {was} left out: decided meanwhile, or it cannot be done.")


def _done(request: HttpRequest, what: str, act: Callable[[], Decided]) -> str:
    try:
        tell(request, act(), what)
    except DecisionError as error:
        messages.error(request, str(error))
    return _back(request)


def _note(request: HttpRequest) -> str:
    return str(request.POST.get("note", "")).strip()


def _back(request: HttpRequest) -> str:
    """The queue as it was filtered."""
    kept = request.GET.copy()
    for key in ("action", "pk", "all", "after", "before", "last"):
        kept.pop(key, None)
    return f"{reverse('validation:findings')}?{kept.urlencode()}" if kept else reverse("validation:findings")


_ELIGIBLE: dict[str, Any] = {"eligible": waiting, "excluded": "they are decided already."}

ACTIONS = (
    BulkAction(
        "accept", "Accept", DECIDE, accept_selected, icon="check", note="Reason",
        consequence="Suspect and estimated values in their intervals count as right from now on. "
        "The reason stays with every value.", **_ELIGIBLE,
    ),
    BulkAction(
        "estimate", "Estimate", DECIDE, estimate_selected, icon="chart", note="Reason, if there is one to tell",
        consequence="Estimates take the place of their values, by the steps of the rule set that found them. "
        "Those without an answer stay in the queue.", **_ELIGIBLE,
    ),
    BulkAction(
        "reread", "Read again", "devices.read_device", reread_selected, icon="refresh",
        consequence="Their devices are asked for just these intervals again. They stay in the queue until values come.",
        **_ELIGIBLE,
    ),
    BulkAction("take", "Assign to me", DECIDE, take_selected, icon="user", **_ELIGIBLE),
    BulkAction(
        "assign", "Assign to…", DECIDE, assign_selected, icon="users",
        note="User name; empty: to nobody", **_ELIGIBLE,
    ),
    BulkAction(
        "move", "Set priority", DECIDE, move_selected, icon="sort-up", note="Priority, 0 (first) to 100 (last)",
        **_ELIGIBLE,
    ),
)  # fmt: skip
