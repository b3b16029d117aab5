"""The list of schedules, and the page of one."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from access.changes import changes_of
from aim.web.access import PermissionGate, VisibleMixin
from aim.web.detail import DetailPage, Fact, Tab
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.lists import TableView
from headend.models import Job, Schedule
from headend.rhythm import kind_name, rhythm_words
from headend.services.schedules import targets
from headend.services.steering import run_now, set_enabled
from headend.states import job_state
from headend.tables import SCHEDULES, enabled_state
from headend.targets import words_of
from headend.views.jobs import set_progress
from headend.views.schedule_edit import picture_of
from metering.views.people import user_of

RUNS = 20


class ScheduleList(TableView):
    """What is read when."""

    permission_required = "headend.view_schedule"
    model = Schedule
    table = SCHEDULES
    title = "Schedules"
    empty = EmptyState("nothing", "No schedules yet", "“New schedule” says what is read, of which devices and when.")

    def get_page_actions(self) -> list[Action]:
        return [Action("New schedule", reverse("headend:schedule-new"), "plus", "headend.add_schedule", "primary")]

    def complete_rows(self, rows: Sequence[Any]) -> None:
        """Give each schedule the last job it made, with its progress. Three queries for all."""
        latest = Job.objects.visible_to(user_of(self.request)).filter(schedule__in=[row.pk for row in rows])
        jobs: list[Any] = list(latest.order_by("schedule_id", "-created_at", "-pk").distinct("schedule_id"))
        set_progress(jobs, self.request)
        found = {job.schedule_id: job for job in jobs}
        for row in rows:
            row.last_job = found.get(row.pk)

    def get_queryset(self) -> QuerySet[Schedule]:
        rows: QuerySet[Schedule] = super().get_queryset().select_related("utility")
        return rows


def _overview(request: HttpRequest, schedule: Schedule) -> dict[str, Any]:
    runs: list[Any] = list(
        Job.objects.visible_to(user_of(request)).filter(schedule=schedule).select_related("created_by")[:RUNS]
    )
    set_progress(runs, request)
    for job in runs:
        job.shown_state = job_state(job, job.progress)
    shown = picture_of(schedule, schedule.timing()) if schedule.enabled else {}
    return shown | {"runs": runs, "jobs_url": f"{reverse('headend:jobs')}?schedule={schedule.pk}"}


def _history(request: HttpRequest, schedule: Schedule) -> dict[str, Any]:
    return {"changes": changes_of({Schedule: [schedule.pk]})}


class SchedulePage(DetailPage):
    """A schedule with its last runs and its changes."""

    permission_required = "headend.view_schedule"
    model = Schedule
    template_name = "headend/schedule.html"
    tabs = (
        Tab("", "Runs", "headend/tabs/runs.html", context=_overview, permission="headend.view_job"),
        Tab("changes", "Changes", "headend/tabs/schedule_changes.html", context=_history),
    )

    def get_zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.object.utility.zone
        return zone

    def get_queryset(self) -> QuerySet[Schedule]:
        rows: QuerySet[Schedule] = super().get_queryset().select_related("utility")
        return rows

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Schedules", reverse("headend:schedules"))]

    def get_strip(self) -> list[Fact]:
        schedule = self.object
        return [
            Fact("State", enabled_state(schedule)),
            Fact("Reads", kind_name(schedule.kind)),
            Fact("When", f"{rhythm_words(schedule)} ({schedule.utility.time_zone})"),
            Fact("Next run", schedule.next_run_at),
            Fact("Last run", schedule.last_run_at),
            Fact("Devices", words_of(schedule.target, utility=schedule.utility)),
            Fact("Devices now", targets(schedule, timezone.now()).count()),
            Fact("Begun over", f"{schedule.window_min} min" if schedule.window_min else None),
            Fact("Missed runs", _catch_up_words(schedule)),
            Fact("Gives up after", f"{schedule.expires_min} min"),
        ]

    def get_page_actions(self) -> list[Action]:
        schedule, steer = self.object, "headend.change_schedule"
        run = reverse("headend:schedule-run", args=[schedule.pk])
        switch = reverse("headend:schedule-off" if schedule.enabled else "headend:schedule-on", args=[schedule.pk])
        off = "Nothing is read by this schedule until it is switched on again. Switch it off?"
        change, delete = (reverse(f"headend:schedule-{name}", args=[schedule.pk]) for name in ("change", "delete"))
        gone = "The schedule and when it ran are forgotten; the jobs it made stay. Delete it?"
        return [
            Action("Run now", run, "play", steer, "primary", post=True),
            Action("Change", change, "edit", steer),
            Action("Switch off", switch, "stop", steer, "danger", post=True, confirm=off)
            if schedule.enabled
            else Action("Switch on", switch, "check", steer, post=True),
            Action("Delete", delete, "trash", "headend.delete_schedule", "danger", post=True, confirm=gone),
        ]


def _catch_up_words(schedule: Schedule) -> str:
    label = schedule.get_catch_up_display()
    return f"{label}: {schedule.catch_up_most}" if schedule.catch_up == Schedule.CatchUp.ALL else label


class _SteerSchedule(PermissionGate, VisibleMixin):
    permission_required = "headend.change_schedule"
    visible_action = "change"
    model = Schedule

    def get_queryset(self) -> QuerySet[Schedule]:
        rows: QuerySet[Schedule] = super().get_queryset().select_related("utility")
        return rows


class ScheduleRun(_SteerSchedule):
    """POST: a run out of turn; leads to its job."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = run_now(schedule=self.get_visible_or_404(pk=pk), user=user_of(request))
        return HttpResponseRedirect(job.get_absolute_url())


class ScheduleSwitch(_SteerSchedule):
    """POST: on or off, as the address says."""

    enabled = False

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        schedule = self.get_visible_or_404(pk=pk)
        set_enabled(schedule=schedule, enabled=self.enabled, user=user_of(request))
        messages.success(request, f"{schedule.name} is switched {'on' if self.enabled else 'off'}.")
        return HttpResponseRedirect(schedule.get_absolute_url())
