"""What became of one device of a job: the result, and every attempt step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.links import Crumb
from headend import causes
from headend.models import Attempt, JobItem
from headend.reading import reading_of
from headend.steps import step_words
from headend.tables import duration_words


@dataclass(frozen=True, slots=True)
class TracedStep:
    """A step of a session: how long it took, what it moved, and its share of the session for the bar."""

    words: str
    took: str
    octets: int
    failed: bool
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class TracedAttempt:
    attempt: Attempt
    took: str
    rule: causes.Rule | None
    steps: Sequence[TracedStep]


def traced(attempt: Attempt) -> TracedAttempt:
    """An attempt as the pages show it."""
    rule = causes.rule(attempt.cause) if attempt.cause else None
    return TracedAttempt(attempt, duration_words(attempt.duration_s), rule, _steps(attempt))


def _steps(attempt: Attempt) -> list[TracedStep]:
    whole = max(sum(step["seconds"] for step in attempt.steps), 1e-9)
    shown, begun = [], 0.0
    for step in attempt.steps:
        share = 100 * step["seconds"] / whole
        shown.append(
            TracedStep(
                step_words(step["name"]), duration_words(step["seconds"]), step["octets"], bool(step["note"]),
                round(begun, 2), round(max(share, 0.5), 2),
            )
        )  # fmt: skip
        begun += share
    return shown


class VisibleItem(PermissionGate, VisibleMixin):
    """An item through the one door, with its job and device."""

    permission_required = "headend.view_jobitem"
    model = JobItem

    def get_queryset(self) -> QuerySet[JobItem]:
        rows: QuerySet[JobItem] = super().get_queryset()
        return rows.select_related("job", "device__utility", "device__model")


class ItemPage(VisibleItem):
    """The page of one device of a job."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self.get_visible_or_404(pk=pk)
        context: dict[str, Any] = {
            "item": item,
            "device": item.device,
            "reading": reading_of(item),
            "attempts": [traced(attempt) for attempt in _attempts(item)],
            "may_see_frames": may(request, "headend.view_frames"),
            "crumbs": [Crumb("Jobs", reverse("headend:jobs")), Crumb(item.job.title, item.job.get_absolute_url())],
            "title": item.device.serial_number,
            "lead": str(item.device.model),
        }
        return render(request, "headend/item.html", context)


def _attempts(item: JobItem) -> QuerySet[Attempt]:
    """The latest first, each with how many octets of it were kept (None: none), but without these."""
    return item.attempt_log.order_by("-number").annotate(kept=F("frames__size"))


class ReadingFragment(VisibleItem):
    """The live view of an item, asked for again until it has ended."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self.get_visible_or_404(pk=pk)
        if "HX-Request" not in request.headers:
            return HttpResponseRedirect(item.get_absolute_url())
        return render(request, "headend/parts/reading.html", {"reading": reading_of(item), "device": item.device})
