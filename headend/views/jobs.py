"""The list of jobs, and the running ones in the bar of every page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import may
from aim.web.empty import EmptyState
from aim.web.links import Action
from aim.web.lists import TableView
from headend.filters import JobFilter
from headend.models import Job
from headend.progress import Progress, tallies
from headend.tables import JOBS
from metering.views.people import user_of


class JobList(TableView):
    """Long operations over devices, the latest first."""

    permission_required = "headend.view_job"
    model = Job
    table = JOBS
    filterset_class = JobFilter
    title = "Jobs"
    template_name = "headend/jobs.html"
    empty = EmptyState(
        "nothing",
        "No jobs yet",
        "A job is made by a schedule, by “Read now” on a device, or for values that are missing.",
    )

    def get_page_actions(self) -> list[Action]:
        return [Action("New job", reverse("headend:job-new"), "plus", "headend.add_job", "primary")]

    def get_queryset(self) -> QuerySet[Job]:
        rows: QuerySet[Job] = super().get_queryset().select_related("created_by")
        return rows

    def complete_rows(self, rows: Sequence[Any]) -> None:
        set_progress(rows, self.request)


def set_progress(jobs: Sequence[Any], request: HttpRequest) -> None:
    """Give each job its `progress`, counting what the user may see."""
    counted = tallies(jobs, user_of(request))
    for job in jobs:
        job.progress = Progress.of(counted[job.pk])


def running(request: HttpRequest) -> HttpResponse:
    """How many jobs run, for the bar; empty for who may not see jobs."""
    if not may(request, "headend.view_job"):
        return HttpResponse()
    count = Job.objects.visible_to(user_of(request)).filter(state=Job.State.RUNNING).count()
    url = f"{reverse('headend:jobs')}?state={Job.State.RUNNING}"
    return render(request, "components/running.html", {"count": count, "url": url})
