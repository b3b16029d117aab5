"""What concentrators list: all differences, and the meters of one concentrator."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.empty import EmptyState
from aim.web.links import Crumb
from aim.web.listing import Listing
from aim.web.lists import TableView
from devices.models import Device
from headend.meter_list_tables import DIFFERENCES, METERS, DifferenceFilter, ListedMeterFilter
from headend.meter_lists.asking import NotListedError, ask
from headend.models import ListedMeter, MeterList
from metering.views.people import user_of

VIEW = "headend.view_listedmeter"


class DifferenceList(TableView):
    """Where lists of concentrators and the file differ."""

    permission_required = VIEW
    model = ListedMeter
    table = DIFFERENCES
    filterset_class = DifferenceFilter
    title = "Concentrators"
    lead = "Where the lists of concentrators differ from what is on file."
    empty = EmptyState(
        "nothing",
        "No differences",
        "All lists agree with what is on file. Schedules of the kind “Meters of concentrators” read them.",
    )

    def get_queryset(self) -> QuerySet[ListedMeter]:
        rows: QuerySet[ListedMeter] = super().get_queryset().filter(state__in=ListedMeter.DIFFERENCES)
        return rows.select_related("concentrator", "device")


class ConcentratorList(TableView):
    """The meters of one concentrator."""

    permission_required = VIEW
    model = ListedMeter
    table = METERS
    filterset_class = ListedMeterFilter

    @cached_property
    def concentrator(self) -> Device:
        """The concentrator, as far as this user may see it; else 404."""
        return get_object_or_404(
            Device.objects.visible_to(user_of(self.request)).select_related("utility"), pk=self.kwargs["pk"]
        )

    @property
    def empty(self) -> EmptyState:  # type: ignore[override]
        if MeterList.objects.filter(concentrator=self.concentrator).exists():
            return EmptyState(
                "nothing", "No meters", "The list of the concentrator is empty, and none is on file here."
            )
        return EmptyState("nothing", "Not read yet", "A schedule reads the list, or “Read the list now”.")

    def get_queryset(self) -> QuerySet[ListedMeter]:
        rows: QuerySet[ListedMeter] = super().get_queryset().filter(concentrator=self.concentrator)
        return rows.select_related("concentrator", "device")

    def get_crumbs(self) -> list[Crumb]:
        return [
            Crumb("Concentrators", reverse("headend:differences")),
            Crumb(self.concentrator.serial_number, self.concentrator.get_absolute_url()),
        ]

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        """With when the list was read."""
        known = MeterList.objects.filter(concentrator=self.concentrator, read_at__isnull=False).first()
        read = localtime(known.read_at, self.concentrator.utility.zone) if known else None
        lead = (
            f"{known.count} in its list of {read:%Y-%m-%d %H:%M}." if known and read else "Its list was not read yet."
        )
        return super().get_context_data(listing) | {"title": f"Meters of {self.concentrator}", "lead": lead}


class ReadList(PermissionGate, VisibleMixin):
    """POST makes a job that reads the list of a concentrator, and goes to its page."""

    permission_required = "devices.read_device"
    visible_action = "read"
    model = Device

    def get_queryset(self) -> QuerySet[Device]:
        rows: QuerySet[Device] = super().get_queryset().select_related("utility", "model", "concentrator", "master")
        return rows

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        device = self.get_visible_or_404(pk=pk)
        try:
            job = ask(concentrator=device, user=user_of(request))
        except NotListedError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(device.get_absolute_url())
        return HttpResponseRedirect(job.get_absolute_url())
