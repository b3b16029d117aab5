"""Making, changing and deleting a schedule, with a picture of the coming week while it is filled in."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.links import Crumb
from headend.models import Schedule
from headend.rhythm import rhythm_words
from headend.rhythms import Rhythm, next_runs
from headend.schedule_form import ScheduleForm
from headend.services.schedule_changes import delete_schedule, save_schedule
from headend.services.schedules import targets
from headend.targets import words_of
from headend.week import week_of
from metering.views.people import user_of


def picture_of(schedule: Schedule, rhythm: Rhythm) -> dict[str, Any]:
    """Context of the picture of the coming week, with the next runs in local time."""
    now = timezone.now()
    try:
        week = week_of(rhythm, now, timedelta(minutes=schedule.window_min))
        planned = [f"{run.astimezone(rhythm.zone):%a %d %b %Y %H:%M %Z}" for run in next_runs(rhythm, now)]
    except ValueError as error:
        return {"week": None, "week_problem": str(error)}
    return {"week": week, "words": rhythm_words(schedule), "zone": rhythm.zone.key, "planned": planned}


def _picture(form: ScheduleForm) -> dict[str, Any]:
    """The picture of what the fields say; without `week` while they do not say when it runs."""
    rhythm = form.rhythm()
    return (picture_of(form.instance, rhythm) if rhythm else {"week": None}) | _aimed_at(form)


def _aimed_at(form: ScheduleForm) -> dict[str, Any]:
    """The target in words and how many devices that is now; nothing while the fields do not say it rightly."""
    schedule, wrong = form.instance, {"utility", "kind", "target_kind", "target_value"} & set(form.errors)
    if wrong or not schedule.utility_id:
        return {"target_problem": "; ".join(map(str, form.errors.get("target_value", ())))}
    words = words_of(schedule.target, utility=schedule.utility)
    return {"target_words": words, "target_devices": targets(schedule, timezone.now()).count()}


class _ScheduleForm(PermissionGate, VisibleMixin):
    """GET shows the form, POST stores it; with `look` in it the form comes back with the picture."""

    model = Schedule

    def get_queryset(self) -> QuerySet[Schedule]:
        rows: QuerySet[Schedule] = super().get_queryset().select_related("utility")
        return rows

    def get_schedule(self) -> Schedule:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        schedule = self.get_schedule()
        form = ScheduleForm(instance=schedule, user=user_of(request))
        return self._show(form, picture_of(schedule, schedule.timing()) if schedule.pk else {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ScheduleForm(request.POST, instance=self.get_schedule(), user=user_of(request))
        valid = form.is_valid()
        if not valid or "look" in request.POST:
            return self._show(form, _picture(form), status=200 if valid else 400)
        save_schedule(schedule=form.instance, user=user_of(request))
        messages.success(request, f"{form.instance} is saved.")
        return HttpResponseRedirect(form.instance.get_absolute_url())

    def _show(self, form: ScheduleForm, more: dict[str, Any], status: int = 200) -> HttpResponse:
        schedule = form.instance
        back = schedule.get_absolute_url() if schedule.pk else reverse("headend:schedules")
        crumbs = [Crumb("Schedules", reverse("headend:schedules"))]
        if schedule.pk:
            crumbs.append(Crumb(form.initial["name"], back))
        title = "Change schedule" if schedule.pk else "New schedule"
        context = {"form": form, "title": title, "crumbs": crumbs, "back_url": back}
        return render(self.request, "headend/schedule_form.html", context | more, status=status)


class ScheduleNew(_ScheduleForm):
    permission_required = "headend.add_schedule"

    def get_schedule(self) -> Schedule:
        return Schedule(rhythm=Schedule.Rhythm.DAILY)


class ScheduleChange(_ScheduleForm):
    permission_required = "headend.change_schedule"
    visible_action = "change"

    def get_schedule(self) -> Schedule:
        schedule: Schedule = self.get_visible_or_404(pk=self.kwargs["pk"])
        return schedule


class SchedulePreview(PermissionGate):
    """GET: the picture for the fields of the form as they are; stores nothing."""

    permission_required = "headend.view_schedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = ScheduleForm(request.GET, instance=Schedule(), user=user_of(request))
        return render(request, "headend/parts/week.html", _picture(form))


class ScheduleDelete(PermissionGate, VisibleMixin):
    """POST: taken away; its jobs stay."""

    permission_required = "headend.delete_schedule"
    visible_action = "delete"
    model = Schedule

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        schedule = self.get_visible_or_404(pk=pk)
        delete_schedule(schedule=schedule, user=user_of(request))
        messages.success(request, f"{schedule.name} is deleted.")
        return HttpResponseRedirect(reverse("headend:schedules"))
