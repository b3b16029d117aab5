"""Reading a device while somebody waits: from its page, and from the list for several devices."""

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.models import User, Utility
from aim.web.access import PermissionGate, VisibleMixin
from aim.web.bulk import BulkAction
from devices.models import Device
from headend import kinds
from headend.models import Job, JobItem
from headend.models.job import Priority
from headend.reading import reading_of
from headend.services.jobs import Order, create_job
from headend.services.read_now import EXPIRES_IN, read_now

READABLE = (Device.State.INSTALLED, Device.State.IN_OPERATION, Device.State.ERROR)


class ReadNow(PermissionGate, VisibleMixin):
    """POST makes the job and answers with its live view; without htmx with the page of the job.

    A device that somebody reads right now is not read a second time: the reading under way is shown.
    """

    permission_required = "devices.read_device"
    visible_action = "read"
    model = Device

    def get_queryset(self) -> QuerySet[Device]:
        rows: QuerySet[Device] = super().get_queryset().select_related("utility", "model")
        return rows

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        device = self.get_visible_or_404(pk=pk)
        item = under_way(device) or self._begin(request, device)
        if "HX-Request" not in request.headers:
            return HttpResponseRedirect(item.job.get_absolute_url())
        return render(request, "headend/parts/reading.html", {"reading": reading_of(item), "device": device})

    def _begin(self, request: HttpRequest, device: Device) -> JobItem:
        job = read_now(device=device, user=cast("User", request.user))
        return job.items.select_related("job", "device").get(device=device)


def under_way(device: Device) -> JobItem | None:
    """The on-demand reading of this device that has not ended, if there is one."""
    items = JobItem.objects.open().filter(device=device, job__kind=kinds.ON_DEMAND.code)
    return items.select_related("job", "device").order_by("-pk").first()


def _read_selected(request: HttpRequest, rows: QuerySet[Device]) -> str:
    """One job per utility among the selected devices; the address of the job, or of the list when there are several."""
    devices = Device.objects.visible_to(cast("User", request.user), "read").filter(pk__in=rows.values("pk"))
    utilities = Utility.objects.filter(pk__in=devices.order_by().values("utility"))
    jobs = [_job(utility, devices.filter(utility=utility), request) for utility in utilities]
    return jobs[0].get_absolute_url() if len(jobs) == 1 else reverse("headend:jobs")


def _job(utility: Utility, devices: QuerySet[Device], request: HttpRequest) -> Job:
    order = Order(
        kind=kinds.ON_DEMAND.code,
        title=f"Read {devices.count()} devices now",
        priority=Priority.ON_DEMAND,
        expires_in=EXPIRES_IN,
        parameters={"what": list(kinds.READ_NOW)},
    )
    return create_job(utility=utility, order=order, devices=devices, user=cast("User", request.user))


READ_SELECTED = BulkAction(
    "read",
    "Read now",
    "devices.read_device",
    run=_read_selected,
    consequence="Registers, the newest rows of the load profile and the clock of each are read at once and stored.",
    eligible=lambda rows: rows.filter(state__in=READABLE).exclude(host=""),
    excluded="they are not installed, or have no address.",
)
