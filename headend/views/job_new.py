"""Making a job: what, of which devices, how urgent; how many devices that is, before anything happens."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.models import Utility
from aim.web.access import PermissionGate
from aim.web.links import Action, Crumb
from devices.models import DeviceGroup
from headend.job_form import NewJobForm
from headend.services.jobs import create_job
from headend.targets import Kind
from metering.views.people import user_of


def read_group(group: DeviceGroup) -> Action:
    """The button of a group that begins a job over it."""
    asked = urlencode({"target_kind": Kind.GROUP, "target_value": group.name, "utility": group.utility_id})
    return Action("Read", f"{reverse('headend:job-new')}?{asked}", "play", "headend.add_job", "primary")


class JobNew(PermissionGate):
    """GET shows the form, begun with what the address says; POST with `look` counts, without it makes the job."""

    permission_required = "headend.add_job"

    def get(self, request: HttpRequest) -> HttpResponse:
        begun = {name: request.GET[name] for name in ("target_kind", "target_value", "utility") if name in request.GET}
        return self._show(NewJobForm(user=user_of(request), initial=begun))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewJobForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return self._show(form, status=400)
        preview = form.preview()
        if "look" in request.POST or not preview.reads:
            return self._show(form, preview=preview)
        utility: Utility = form.cleaned_data["utility"]
        job = create_job(utility=utility, order=form.order(), devices=form.devices(), user=user_of(request))
        return HttpResponseRedirect(job.get_absolute_url())

    def _show(self, form: NewJobForm, status: int = 200, **more: Any) -> HttpResponse:
        crumbs = [Crumb("Jobs", reverse("headend:jobs"))]
        context = {"form": form, "title": "New job", "crumbs": crumbs, "back_url": reverse("headend:jobs")}
        return render(self.request, "headend/job_form.html", context | more, status=status)
