"""The list of runs, the page of one while it goes on and after, and ending one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate, may
from aim.web.detail import Fact
from aim.web.empty import EmptyState
from aim.web.formats import grouped
from aim.web.links import Action, Crumb
from aim.web.lists import TableView
from metering.views.people import user_of
from validation.models import Run
from validation.run_filters import RunFilter
from validation.run_tables import OPEN, RUNS, parts, percent, run_name, run_state, set_words, who
from validation.scopes import scope_words
from validation.services.runs import cancel_run
from validation.what_if_page import method_words, tried

MAY_RUN = "validation.run_validation"
POLL_MS = 1500
_COUNTED = (
    ("values", "Values judged"), ("exceptions", "Exceptions that wait"), ("rejected", "Values rejected"),
    ("verified", "Values verified"), ("dropped", "Series changed meanwhile"), ("refused", "Values not stored"),
)  # fmt: skip


class RunList(TableView):
    """Runs of validation, the latest first."""

    permission_required = "validation.view_run"
    model = Run
    table = RUNS
    filterset_class = RunFilter
    title = "Validation runs"
    empty = EmptyState("nothing", "No runs yet", "Values are judged as they arrive; “Validate” judges again by hand.")

    def get_queryset(self) -> QuerySet[Run]:
        rows: QuerySet[Run] = super().get_queryset().defer("result")
        return rows.select_related("created_by", "rule_set", "against", "utility")

    def get_page_actions(self) -> list[Action]:
        return [
            Action("What if", reverse("validation:what_if"), "search", MAY_RUN),
            Action("Validate", reverse("validation:run_new"), "play", MAY_RUN, "primary"),
        ]


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How much one rule found in a run."""

    name: str
    count: int
    url: str


class RunPage(PermissionGate):
    """How far the run is, what it did, by rule; of a what-if, what would come of it."""

    permission_required = "validation.view_run"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = visible_run(request, pk)
        context = head(request, run) | {
            "title": run_name(run),
            "crumbs": [Crumb("Validation runs", reverse("validation:runs"))],
            "tried": tried(run) if run.dry and run.result else None,
        }
        return render(request, "validation/run.html", context)


class RunHead(PermissionGate):
    """The head alone, for the page that watches the run; when it has ended, the page is loaded whole."""

    permission_required = "validation.view_run"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = visible_run(request, pk)
        if "HX-Request" not in request.headers:
            return HttpResponseRedirect(run.get_absolute_url())
        if run.state not in OPEN:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "validation/parts/run_head.html", head(request, run))


class RunCancel(PermissionGate):
    """POST: the run ends after the batch it is at; what it stored stays."""

    permission_required = MAY_RUN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = visible_run(request, pk)
        if cancel_run(run, user_of(request)):
            messages.success(request, "The run ends; what it has done stays.")
        else:
            messages.info(request, "It had ended already.")
        return HttpResponseRedirect(run.get_absolute_url())


def visible_run(request: HttpRequest, pk: int) -> Run:
    """The run through the one door, or Http404."""
    rows = Run.objects.visible_to(user_of(request)).filter(pk=pk)
    run: Run | None = rows.select_related("utility", "created_by", "rule_set", "against").first()
    if run is None:
        raise Http404("There is no such run.")
    return run


def head(request: HttpRequest, run: Run) -> dict[str, Any]:
    """What the head of the page shows, and asks for again while the run goes on."""
    return {
        "run": run,
        "state": run_state(run),
        "percent": percent(run),
        "parts": parts(run),
        "facts": _facts(run),
        "rules": _rules(run),
        "methods": _methods(run),
        "silent": sorted(run.counts.get("silent", {}).items()),
        "can_cancel": run.state in OPEN and may(request, MAY_RUN),
        "poll_ms": POLL_MS if run.state in OPEN else 0,
    }


def _facts(run: Run) -> list[Fact]:
    """Who began it, over what, and what came of it."""
    counted = [Fact(label, grouped(run.counts[key])) for key, label in _COUNTED if run.counts.get(key)]
    return [
        Fact("Series of", scope_words(run.scope)), Fact("Rules", set_words(run)), Fact("Began by", who(run)),
        Fact("Began", run.started_at or run.created_at), Fact("Ended", run.ended_at), *counted,
    ]  # fmt: skip


def _rules(run: Run) -> list[RuleCount]:
    """What each rule found, most first."""
    found: dict[str, int] = run.counts.get("findings", {})
    query = {"run": run.pk, "state": "all"}
    address = reverse("validation:findings")
    lines = [RuleCount(name, count, f"{address}?{urlencode(query | {'rule': name})}") for name, count in found.items()]
    return sorted((line for line in lines if line.count), key=lambda line: (-line.count, line.name))


def _methods(run: Run) -> list[tuple[str, int]]:
    """How values were estimated, most first."""
    found: dict[str, int] = run.counts.get("estimated", {})
    return [(method_words(code), count) for code, count in sorted(found.items(), key=lambda item: -item[1])]
