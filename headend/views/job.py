"""A job: how far it is, what became of every device, and what can be done about it."""

from functools import cached_property
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from access.models import User
from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.empty import EmptyState
from aim.web.errors import forbidden
from aim.web.links import Crumb
from aim.web.listing import Listing
from aim.web.lists import TableView
from headend.filters import JobItemFilter
from headend.forms import CancelForm
from headend.models import Job, JobItem
from headend.progress import Progress, causes_of, pace_of, progress_of
from headend.reading import reading_of
from headend.rhythm import kind_name
from headend.services.jobs import SteeringError, cancel_job, retry_failed
from headend.states import job_state
from headend.tables import ITEMS, who

POLL_MS = 1500


def visible_job(request: HttpRequest, pk: int, action: str = "view") -> Job:
    """The job through the one door, or Http404."""
    rows = Job.objects.visible_to(cast("User", request.user), action).filter(pk=pk)
    job = rows.select_related("utility", "created_by", "schedule").first()
    if job is None:
        raise Http404("There is no such job.")
    return job


def head(request: HttpRequest, job: Job) -> dict[str, Any]:
    """What the head of the page shows and asks for again while the job runs."""
    progress = progress_of(job, cast("User", request.user))
    return {
        "job": job,
        "progress": progress,
        "state": job_state(job, progress),
        "kind": kind_name(job.kind),
        "who": who(job),
        "causes": causes_of(job, cast("User", request.user)),
        "pace": pace_of(job, progress, timezone.now()) if job.state == Job.State.RUNNING else None,
        **_allowed(request, job, progress),
        "poll_ms": POLL_MS if job.finished_at is None else 0,
    }


def _allowed(request: HttpRequest, job: Job, progress: Progress) -> dict[str, bool]:
    """What this person may do to the job as it is now."""
    paused, change = job.state == Job.State.PAUSED, may(request, "headend.change_job")
    return {
        "can_retry": bool(progress.unsuccessful) and not paused and may(request, "headend.retry_job"),
        "can_cancel": bool(progress.waiting) and may(request, "headend.cancel_job"),
        "can_pause": job.state == Job.State.RUNNING and may(request, "headend.pause_job"),
        "can_resume": paused and may(request, "headend.pause_job"),
        "can_change": job.state in (Job.State.RUNNING, Job.State.PAUSED) and change,
        "can_add": job.state in (Job.State.RUNNING, Job.State.DONE) and change,
    }


class JobPage(TableView):
    """The job's head, and its devices as a list."""

    permission_required = "headend.view_job"
    model = JobItem
    table = ITEMS
    filterset_class = JobItemFilter
    template_name = "headend/job.html"
    empty = EmptyState("nothing", "No device in this job", "Nothing matched when it was made: it ended at once.")

    @cached_property
    def job(self) -> Job:
        return visible_job(self.request, self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[JobItem]:
        rows: QuerySet[JobItem] = super().get_queryset().filter(job=self.job).select_related("device", "job")
        return rows

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Jobs", reverse("headend:jobs"))]

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        context = super().get_context_data(listing) | head(self.request, self.job) | {"title": self.job.title}
        only = listing.page.rows[0] if context["progress"].total == 1 and listing.page.rows else None
        return context | {"reading": reading_of(only) if only else None}


class JobHead(PermissionGate):
    """The head alone, for the page that watches the job; the list of devices is asked for when something changed."""

    permission_required = "headend.view_job"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = visible_job(request, pk)
        if "HX-Request" not in request.headers:
            return HttpResponseRedirect(job.get_absolute_url())
        context = head(request, job)
        changed = request.GET.get("seen") != f"{context['progress'].ended}-{context['progress'].running}"
        list_url = f"{job.get_absolute_url()}?{_query_of_page(request, job)}" if changed else ""
        return render(request, "headend/parts/job_head.html", context | {"list_url": list_url})


def _query_of_page(request: HttpRequest, job: Job) -> str:
    """Filters and order of the list as the page in the browser has them."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    return page.query if page.path == job.get_absolute_url() else ""


class Steer(PermissionGate, VisibleMixin):
    """Doing something to a whole job; not open to who sees only a part of its devices."""

    model = Job

    def steerable(self, request: HttpRequest, pk: int) -> tuple[Job, Progress] | HttpResponse:
        """The job and its progress, or the page that says why not."""
        job = visible_job(request, pk, self.visible_action)
        progress = progress_of(job, cast("User", request.user))
        if progress.total < job.items.count():
            return forbidden(request, PermissionError("This job also reads devices outside your segments."))
        return job, progress


class JobRetry(Steer):
    """Let what failed wait again, all of it or what ended with the posted `cause`."""

    permission_required = "headend.retry_job"
    visible_action = "retry"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        if isinstance(found, HttpResponse):
            return found
        cause = request.POST.get("cause", "")[:40]
        try:
            count = retry_failed(job=found[0], user=cast("User", request.user), cause=cause)
        except SteeringError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(found[0].get_absolute_url())
        messages.success(request, f"{count} device{'' if count == 1 else 's'} will be tried again.")
        return HttpResponseRedirect(found[0].get_absolute_url())


class JobCancel(Steer):
    """Ask, then end what still waits. Many devices must be confirmed by typing."""

    permission_required = "headend.cancel_job"
    visible_action = "cancel"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        return found if isinstance(found, HttpResponse) else self._ask(*found, None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        if isinstance(found, HttpResponse):
            return found
        form = CancelForm(request.POST, waiting=found[1].waiting)
        if not form.is_valid():
            return self._ask(*found, form)
        count = cancel_job(job=found[0], user=cast("User", request.user))
        messages.success(request, f"{count} waiting device{'' if count == 1 else 's'} cancelled.")
        return HttpResponseRedirect(found[0].get_absolute_url())

    def _ask(self, job: Job, progress: Progress, form: CancelForm | None) -> HttpResponse:
        form = form or CancelForm(waiting=progress.waiting)
        context = {"job": job, "progress": progress, "form": form}
        return render(self.request, "headend/cancel.html", context, status=400 if form.errors else 200)
