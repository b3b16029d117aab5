"""Pausing a job, letting it go on, adding devices to it, changing its priority and expiry."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aim.web.links import Crumb
from headend.job_form import ChangeForm, TargetForm
from headend.models import Job
from headend.models.job import Priority
from headend.services import job_steering
from headend.services.jobs import SteeringError
from headend.views.job import Steer
from metering.views.people import user_of


class _Steered(Steer):
    """A steering of one job: the page of the job says how it went."""

    def done(self, job: Job, act: Callable[[], object], told: str) -> HttpResponse:
        """Do it and go to the job; a refusal is told there."""
        try:
            act()
        except SteeringError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, told)
        return HttpResponseRedirect(job.get_absolute_url())

    def ask(self, job: Job, form: Any, title: str, submit: str) -> HttpResponse:
        crumbs = [Crumb("Jobs", reverse("headend:jobs")), Crumb(job.title, job.get_absolute_url())]
        context = {"form": form, "title": title, "submit": submit, "crumbs": crumbs}
        status = 400 if form.errors else 200
        return render(
            self.request, "headend/job_steer.html", context | {"back_url": job.get_absolute_url()}, status=status
        )


class JobPause(_Steered):
    permission_required = "headend.pause_job"
    visible_action = "pause"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        if isinstance(found, HttpResponse):
            return found
        job, user = found[0], user_of(request)
        return self.done(job, lambda: job_steering.pause(job=job, user=user), "Nothing more of this job is begun.")


class JobResume(_Steered):
    permission_required = "headend.pause_job"
    visible_action = "pause"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        if isinstance(found, HttpResponse):
            return found
        job, user = found[0], user_of(request)
        return self.done(job, lambda: job_steering.resume(job=job, user=user), "The job goes on.")


class JobAdd(_Steered):
    """Which further devices, then adding them."""

    permission_required = "headend.change_job"
    visible_action = "change"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        if isinstance(found, HttpResponse):
            return found
        return self._ask(found[0], TargetForm(user=user_of(request), owner=found[0].utility))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        if isinstance(found, HttpResponse):
            return found
        job, user = found[0], user_of(request)
        form = TargetForm(request.POST, user=user, owner=job.utility)
        if not form.is_valid():
            return self._ask(job, form)
        devices, told = form.devices(), form.words()
        return self.done(
            job, lambda: job_steering.add_devices(job=job, devices=devices, words=told, user=user), f"Added: {told}."
        )

    def _ask(self, job: Job, form: TargetForm) -> HttpResponse:
        return self.ask(job, form, f"Add devices to “{job.title}”", "Add devices")


class JobChange(_Steered):
    """Priority and expiry of what still waits."""

    permission_required = "headend.change_job"
    visible_action = "change"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        return found if isinstance(found, HttpResponse) else self._ask(found[0], ChangeForm.of(found[0]))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.steerable(request, pk)
        if isinstance(found, HttpResponse):
            return found
        form = ChangeForm(request.POST)
        if not form.is_valid():
            return self._ask(found[0], form)
        return self.done(found[0], lambda: self._change(found[0], form), "Priority and expiry are as you said.")

    def _change(self, job: Job, form: ChangeForm) -> None:
        user, priority, minutes = user_of(self.request), form.cleaned_data["priority"], form.cleaned_data["minutes"]
        if priority != job.priority:
            job_steering.set_priority(job=job, priority=Priority(priority), user=user)
        if minutes:
            expires_at = timezone.now() + timedelta(minutes=minutes)
            job_steering.set_expiry(job=job, expires_at=expires_at, user=user)

    def _ask(self, job: Job, form: ChangeForm) -> HttpResponse:
        return self.ask(job, form, f"Priority and expiry of “{job.title}”", "Change")
