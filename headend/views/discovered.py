"""Unknown callers: the list, and the page of one where it becomes a device."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.detail import Fact
from aim.web.empty import EmptyState
from aim.web.errors import forbidden
from aim.web.links import Crumb
from aim.web.lists import TableView
from devices.models import Device
from headend.discovered import CHANGE, DISCOVERED, AcceptForm, DiscoveredFilter, state_of
from headend.models import DiscoveredDevice
from headend.services.discovered import accept
from metering.views.people import user_of

MESSAGE_SHOWN = 512


class DiscoveredList(TableView):
    """Who pushed without being known."""

    permission_required = "headend.view_discovereddevice"
    model = DiscoveredDevice
    table = DISCOVERED
    filterset_class = DiscoveredFilter
    title = "Discovered"
    lead = "Devices that pushed something, or that a concentrator lists, and that are not on file."
    empty = EmptyState(
        "nothing",
        "Nobody unknown has called",
        "A device that pushes or stands in the list of a concentrator, and is not on file, appears here.",
    )

    def get_queryset(self) -> QuerySet[DiscoveredDevice]:
        rows: QuerySet[DiscoveredDevice] = super().get_queryset().select_related("model", "utility")
        return rows


class DiscoveredPage(PermissionGate, VisibleMixin):
    """One unknown caller with what it said; POST makes a device of it."""

    permission_required = "headend.view_discovereddevice"
    model = DiscoveredDevice

    def get_queryset(self) -> QuerySet[DiscoveredDevice]:
        rows: QuerySet[DiscoveredDevice] = (
            super().get_queryset().select_related("model", "utility", "device", "concentrator__utility")
        )
        return rows

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.get_visible_or_404(pk=pk)
        return self._page(request, found, AcceptForm(found=found, user=user_of(request)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not may(request, CHANGE):
            return forbidden(request, permission=CHANGE)
        found = self.get_visible_or_404(pk=pk)
        form = AcceptForm(request.POST, found=found, user=user_of(request))
        if not form.is_valid():
            return self._page(request, found, form, status=400)
        try:
            device = accept(found=found, acceptance=form.acceptance(), user=user_of(request))
        except ValidationError as error:
            _add(form, error)
            return self._page(request, found, form, status=400)
        messages.success(request, _welcome(device))
        return HttpResponseRedirect(device.get_absolute_url())

    def _page(self, request: HttpRequest, found: DiscoveredDevice, form: AcceptForm, status: int = 200) -> HttpResponse:
        waits = found.state != DiscoveredDevice.State.ACCEPTED
        context = {
            "found": found,
            "title": str(found),
            "crumbs": [Crumb("Discovered", reverse("headend:discovered"))],
            "facts": _facts(found),
            "message": bytes(found.last_message[:MESSAGE_SHOWN]).hex(" ").upper(),
            "cut": len(found.last_message) > MESSAGE_SHOWN,
            "form": form if waits and may(request, CHANGE) else None,
        }
        return render(request, "headend/discovered.html", context, status=status)


def _welcome(device: Device) -> str:
    if device.concentrator is not None:
        return f"{device} is on file behind {device.concentrator}. It is read once it hangs somewhere."
    return f"{device} is on file. What it pushes next is stored once it hangs somewhere."


def _facts(found: DiscoveredDevice) -> list[Fact]:
    told: list[tuple[str, Any]] = [
        ("State", state_of(found)),
        ("System title", found.system_title),
        ("Manufacturer", found.manufacturer),
        ("Serial number", found.serial_number),
        ("Logical device name", found.logical_name),
        ("Model, guessed", found.model),
        ("From", found.address),
        ("Concentrator", found.concentrator),
        ("Address there", found.gateway_address),
        ("Ciphered", found.ciphered),
        ("Messages", found.count),
        ("First heard", found.first_at),
        ("Last heard", found.last_at),
    ]
    return [Fact(label, value) for label, value in told]


def _add(form: AcceptForm, error: ValidationError) -> None:
    """The words of a refusal where they belong; what concerns no field of the form stands above it."""
    named = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for name, words in named.items():
        form.add_error(name if name in form.fields else None, ValidationError(words))
