"""Exclusions from data delivery: the list, a new one, changing one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.lists import TableView
from headend.exclusions import ADD, CHANGE, EXCLUSIONS, ExclusionChangeForm, ExclusionFilter, NewExclusionForm
from headend.models import Exclusion
from headend.services.exclusions import change_exclusion, exclude_devices
from metering.views.people import user_of


class ExclusionList(TableView):
    """Devices whose values do not count for delivery, with the reason."""

    permission_required = "headend.view_exclusion"
    model = Exclusion
    table = EXCLUSIONS
    filterset_class = ExclusionFilter
    title = "Exclusions"
    lead = "Days whose values of a device do not count for data delivery. They are counted apart."
    empty = EmptyState("nothing", "Nothing is left out", "A device that cannot deliver may be left out, with a reason.")

    def get_queryset(self) -> QuerySet[Exclusion]:
        rows: QuerySet[Exclusion] = super().get_queryset().select_related("device__model", "created_by")
        return rows

    def get_crumbs(self) -> list[Crumb]:
        return _crumbs()[:1]

    def get_page_actions(self) -> list[Action]:
        return [Action("Leave out a device", reverse("headend:exclusion-new"), "plus", ADD, "primary")]


class ExclusionNew(PermissionGate):
    """The form, with the device of `?serial=` filled in, and what becomes of it."""

    permission_required = ADD

    def get(self, request: HttpRequest) -> HttpResponse:
        given = {"serial_numbers": request.GET.get("serial", "")[:40], "first_day": timezone.localdate()}
        return _page(request, NewExclusionForm(initial=given, user=user_of(request)), "Leave out of data delivery")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewExclusionForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return _page(request, form, "Leave out of data delivery")
        said = form.cleaned_data
        count = exclude_devices(
            devices=said["serial_numbers"], first=said["first_day"], last=said["last_day"], reason=said["reason"],
            user=user_of(request),
        )  # fmt: skip
        messages.success(request, f"{count:,} device{'s are' if count > 1 else ' is'} left out of data delivery.")
        return HttpResponseRedirect(reverse("headend:exclusions"))


class ExclusionChange(PermissionGate, VisibleMixin):
    """Another end or reason of one."""

    permission_required = CHANGE
    visible_action = "change"
    model = Exclusion

    def get_queryset(self) -> QuerySet[Exclusion]:
        rows: QuerySet[Exclusion] = super().get_queryset().select_related("device__utility")
        return rows

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_visible_or_404(pk=pk)
        return _page(request, ExclusionChangeForm(initial=_kept(row)), str(row.device))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.get_visible_or_404(pk=pk)
        form = ExclusionChangeForm(request.POST, initial=_kept(row))
        if not form.is_valid():
            return _page(request, form, str(row.device))
        said = form.cleaned_data
        try:
            change_exclusion(exclusion=row, last=said["last_day"], reason=said["reason"], user=user_of(request))
        except ValidationError as error:
            form.add_error(None, error)
            return _page(request, form, str(row.device))
        messages.success(request, f"The exclusion of {row.device} is saved.")
        return HttpResponseRedirect(reverse("headend:exclusions"))


def _kept(row: Exclusion) -> dict[str, Any]:
    return {"first_day": row.first_day, "last_day": row.last_day, "reason": row.reason}


def _crumbs() -> list[Crumb]:
    return [Crumb("Data delivery", reverse("reports:deliveries")), Crumb("Exclusions", reverse("headend:exclusions"))]


def _page(request: HttpRequest, form: Any, title: str) -> HttpResponse:
    context = {"title": title, "form": form, "crumbs": _crumbs(), "back_url": reverse("headend:exclusions")}
    return render(request, "web/form.html", context, status=400 if form.errors else 200)
