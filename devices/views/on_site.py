"""Pages of work on site: install, exchange, remove; the form, then what will happen, then it is done."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.links import Crumb
from devices.life_cycle import INSTALL
from devices.models import Device, Installation
from devices.services.on_site import Work, hanging
from devices.site_forms import ExchangeForm, InstallForm, RemoveForm, SiteForm
from metering.views.people import user_of


class SitePage(PermissionGate, VisibleMixin):
    """GET shows the form, POST with `look` what would happen, without it does it. In the zone of the utility."""

    permission_required = INSTALL
    visible_action = "install"
    model = Device
    verb: ClassVar[str]
    done: ClassVar[str]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("model", "utility")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        device: Device = self.get_visible_or_404(pk=pk)
        with timezone.override(device.utility.zone):
            return self._show(device, self.make_form(device))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        device: Device = self.get_visible_or_404(pk=pk)
        with timezone.override(device.utility.zone):
            form = self.make_form(device, request.POST)
            if not form.is_valid():
                return self._show(device, form, status=400)
            return self._look(device, form) if "look" in request.POST else self._do(device, form)

    def make_form(self, device: Device, *data: Any) -> SiteForm:
        """The form for this device, with what was posted."""
        raise NotImplementedError

    def _look(self, device: Device, form: SiteForm) -> HttpResponse:
        work = form.work()
        if found := list(work.objections()):
            return self._refuse(device, form, found)
        return self._show(device, form, told=list(work.told()))

    def _do(self, device: Device, form: SiteForm) -> HttpResponse:
        work: Work = form.work()
        try:
            installation = work.carry_out(user=user_of(self.request))
        except ValidationError as error:
            return self._refuse(device, form, error.messages)
        messages.success(self.request, f"{installation.device} {self.done} {installation.metering_point}.")
        return HttpResponseRedirect(installation.device.get_absolute_url())

    def _refuse(self, device: Device, form: SiteForm, found: list[str]) -> HttpResponse:
        for sentence in found:
            form.add_error(None, sentence)
        return self._show(device, form, status=400)

    def _show(self, device: Device, form: SiteForm, status: int = 200, **more: Any) -> HttpResponse:
        context = {
            "form": form, "title": f"{self.verb} {device}", "submit": self.verb, "back_url": device.get_absolute_url(),
            "crumbs": [Crumb(str(device), device.get_absolute_url())],
        }  # fmt: skip
        return render(self.request, "devices/on_site.html", context | more, status=status)


class InstallPage(SitePage):
    """A device that hangs nowhere."""

    verb, done = "Install", "hangs at"

    def make_form(self, device: Device, *data: Any) -> SiteForm:
        begun = {"gsrn": self.request.GET.get("gsrn", "")[:18]}
        return InstallForm(*data, device=device, user=user_of(self.request), initial=begun)


class ExchangePage(SitePage):
    """The device that hangs there, for another."""

    verb, done = "Exchange", "hangs at"

    def make_form(self, device: Device, *data: Any) -> SiteForm:
        return ExchangeForm(*data, installation=_hanging(device), user=user_of(self.request))


class RemovePage(SitePage):
    """The device that hangs there, for none."""

    verb, done = "Remove", "no longer hangs at"

    def make_form(self, device: Device, *data: Any) -> SiteForm:
        return RemoveForm(*data, installation=_hanging(device), user=user_of(self.request))


def _hanging(device: Device) -> Installation:
    installation = hanging(device)
    if installation is None:
        raise Http404(f"{device} hangs nowhere.")
    return installation
