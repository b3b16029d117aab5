"""A person says what becomes of a device: back to the inventory, scrapped, a concentrator put into service."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from aim.web.access import PermissionGate, VisibleMixin, may
from aim.web.links import Crumb
from devices.life_cycle import INSTALL, State, open_by_hand
from devices.models import Device
from devices.services.life_cycle import change_by_hand
from devices.site_forms import StateForm
from metering.views.people import user_of


class StatePage(PermissionGate, VisibleMixin):
    """Only the ways that are open, to whom they are open."""

    permission_required = INSTALL
    visible_action = "install"
    model = Device

    def get_queryset(self) -> QuerySet[Device]:
        rows: QuerySet[Device] = super().get_queryset().select_related("model", "utility")
        return rows

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        device: Device = self.get_visible_or_404(pk=pk)
        return self._show(device, StateForm(states=self._states(device)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        device: Device = self.get_visible_or_404(pk=pk)
        form = StateForm(request.POST, states=self._states(device))
        if not form.is_valid():
            return self._show(device, form, status=400)
        to = State(form.cleaned_data["state"])
        try:
            change_by_hand(device=device, to=to, reason=form.cleaned_data["reason"], user=user_of(request))
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
            return self._show(device, form, status=400)
        messages.success(request, f"{device}: {to.label.lower()}.")
        return HttpResponseRedirect(device.get_absolute_url())

    def _states(self, device: Device) -> list[State]:
        return [to for to, permission in open_by_hand(device).items() if may(self.request, permission)]

    def _show(self, device: Device, form: StateForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form, "title": f"State of {device}", "submit": "Change the state", "lead":
            f"It is {device.get_state_display().lower()} now.", "back_url": device.get_absolute_url(),
            "crumbs": [Crumb(str(device), device.get_absolute_url())],
        }  # fmt: skip
        return render(self.request, "web/form.html", context, status=status)
