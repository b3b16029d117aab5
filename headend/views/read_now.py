"""Reading a device while somebody waits: from its page, and from the list for several devices."""

from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from access.models import User, Utility
from aim.web.access import PermissionGate, VisibleMixin
from aim.web.bulk import BulkAction
from devices.models import Device
from devices.querysets import READABLE, DeviceQuerySet
from headend.models import JobItem
from headend.reading import reading_of
from headend.services.read_now import FEW, NotReadableError, read_now, read_several, under_way


class ReadNow(PermissionGate, VisibleMixin):
    """POST makes the job and answers with its live view; without htmx with the page of the job.

    A device that somebody reads right now is not read a second time: the reading under way is shown.
    """

    permission_required = "devices.read_device"
    visible_action = "read"
    model = Device

    def get_queryset(self) -> QuerySet[Device]:
        rows: QuerySet[Device] = (
            super().get_queryset().select_related("utility", "model", "concentrator", "master__concentrator")
        )
        return rows

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        device = self.get_visible_or_404(pk=pk)
        try:
            item = under_way(device) or self._begin(request, device)
        except NotReadableError as error:
            return self._refuse(request, device, str(error))
        if "HX-Request" not in request.headers:
            return HttpResponseRedirect(item.job.get_absolute_url())
        return render(request, "headend/parts/reading.html", {"reading": reading_of(item), "device": device})

    def _refuse(self, request: HttpRequest, device: Device, reason: str) -> HttpResponse:
        """The reason where the reading would be shown; without htmx on the page of the device."""
        if "HX-Request" in request.headers:
            return render(request, "headend/parts/not_readable.html", {"reason": reason})
        messages.error(request, reason)
        return HttpResponseRedirect(device.get_absolute_url())

    def _begin(self, request: HttpRequest, device: Device) -> JobItem:
        job = read_now(device=device, user=cast("User", request.user))
        return job.items.select_related("job", "device").get(device=device)


def _read_selected(request: HttpRequest, rows: QuerySet[Device]) -> str:
    """One job per utility among the selected devices; the address of the job, or of the list when there are several."""
    devices = Device.objects.visible_to(cast("User", request.user), "read").filter(pk__in=rows.values("pk"))
    utilities = Utility.objects.filter(pk__in=devices.order_by().values("utility"))
    user = cast("User", request.user)
    jobs = [read_several(utility=each, devices=devices.filter(utility=each), user=user) for each in utilities]
    return jobs[0].get_absolute_url() if len(jobs) == 1 else reverse("headend:jobs")


def _readable(rows: QuerySet[Device]) -> QuerySet[Device]:
    return cast("DeviceQuerySet[Device]", rows).reachable().filter(state__in=READABLE)


READ_SELECTED = BulkAction(
    "read",
    "Read now",
    "devices.read_device",
    run=_read_selected,
    consequence="Registers, the newest rows of the load profile and the clock of each are read and stored: "
    f"up to {FEW} devices at once, more as soon as the workers get to them.",
    eligible=_readable,
    excluded="they are not installed, or have no address.",
)
