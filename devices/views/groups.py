"""Device groups: the list, the page of one with its devices, making one, and putting chosen devices into one."""

from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from aim.web.access import PermissionGate, VisibleMixin
from aim.web.bulk import selected
from aim.web.empty import EmptyState
from aim.web.links import Action, Crumb
from aim.web.listing import Listing
from aim.web.lists import TableView
from devices.filters import DeviceFilter
from devices.group_forms import AddToGroupForm, GroupForm
from devices.group_tables import GROUPS, MEMBERS
from devices.groups import devices_of, filter_words
from devices.models import Device, DeviceGroup
from devices.panels import group_actions
from devices.services.groups import GroupInUseError, add_members, create_group, delete_group
from metering.views.people import user_of

_LIST = "devices:groups"


class GroupList(TableView):
    """Groups of devices, by name."""

    permission_required = "devices.view_devicegroup"
    model = DeviceGroup
    table = GROUPS
    title = "Device groups"
    empty = EmptyState(
        "nothing", "No groups yet", "A group names devices, or finds them by a filter of the device list."
    )

    def get_queryset(self) -> QuerySet[DeviceGroup]:
        rows: QuerySet[DeviceGroup] = super().get_queryset().select_related("utility")
        return rows.annotate(named=Count("memberships"))

    def get_page_actions(self) -> list[Action]:
        return [Action("New group", reverse("devices:group-new"), "plus", "devices.add_devicegroup", "primary")]


class GroupPage(TableView):
    """The devices of a group, as they are now and as far as they are open to the person."""

    permission_required = "devices.view_devicegroup"
    model = Device
    table = MEMBERS
    filterset_class = DeviceFilter
    empty = EmptyState("nothing", "No device in this group", "Choose devices in the device list and add them.")

    @cached_property
    def group(self) -> DeviceGroup:
        return visible_group(self.request, self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Device]:
        found = devices_of(self.group).order_by().values("pk")
        rows: QuerySet[Device] = super().get_queryset().filter(pk__in=found).select_related("model")
        return rows

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Device groups", reverse(_LIST))]

    def get_page_actions(self) -> list[Action]:
        group = self.group
        return [
            *(action_of(group) for action_of in group_actions),
            Action(
                "Delete", reverse("devices:group-delete", args=[group.pk]), "", "devices.delete_devicegroup", "danger",
                post=True, confirm=f"Delete the group “{group}”? Its devices stay.",
            ),
        ]  # fmt: skip

    def get_context_data(self, listing: Listing) -> dict[str, Any]:
        group = self.group
        lead = f"By filter: {filter_words(group.query)}" if group.is_dynamic else group.description
        return super().get_context_data(listing) | {"title": group.name, "lead": lead}


class GroupNew(PermissionGate):
    """A form, begun with the filter of the device list where it was come from."""

    permission_required = "devices.add_devicegroup"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(GroupForm(user=user_of(request), initial={"query": request.GET.get("query", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = GroupForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return self._show(form, status=400)
        told, user = form.cleaned_data, user_of(request)
        group = create_group(
            utility=told["utility"], name=told["name"], description=told["description"], query=told["query"], user=user
        )
        if not group.is_dynamic:
            add_members(group=group, devices=form.devices(), user=user)
        return HttpResponseRedirect(group.get_absolute_url())

    def _show(self, form: GroupForm, status: int = 200) -> HttpResponse:
        return _form(self.request, form, "New device group", "Make the group", reverse(_LIST), status)


class GroupAdd(PermissionGate):
    """The devices chosen in the device list, by the same filters and choices in the address, and a group for them."""

    permission_required = "devices.change_devicegroup"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(AddToGroupForm(user=user_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AddToGroupForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return self._show(form, status=400)
        group: DeviceGroup = form.cleaned_data["group"]
        count = add_members(group=group, devices=self._chosen(), user=user_of(request))
        messages.success(request, f"{count} device{'' if count == 1 else 's'} added.")
        return HttpResponseRedirect(group.get_absolute_url())

    def _chosen(self) -> QuerySet[Device]:
        found = DeviceFilter(
            self.request.GET, queryset=Device.objects.visible_to(user_of(self.request)), request=self.request
        )
        rows = cast("QuerySet[Device]", found.qs) if found.is_valid() else Device.objects.none()
        return selected(rows, self.request.GET)

    def _show(self, form: AddToGroupForm, status: int = 200) -> HttpResponse:
        count = self._chosen().count()
        title = f"Add {count:,} device{'' if count == 1 else 's'} to a group"
        return _form(self.request, form, title, "Add", reverse("devices:devices"), status)


class GroupDelete(PermissionGate, VisibleMixin):
    permission_required = "devices.delete_devicegroup"
    visible_action = "delete"
    model = DeviceGroup

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        group: DeviceGroup = self.get_visible_or_404(pk=pk)
        try:
            delete_group(group=group, user=user_of(request))
        except GroupInUseError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(group.get_absolute_url())
        messages.success(request, f"The group “{group}” is deleted.")
        return HttpResponseRedirect(reverse(_LIST))


def visible_group(request: HttpRequest, pk: int) -> DeviceGroup:
    """The group through the one door, or Http404."""
    rows = DeviceGroup.objects.visible_to(user_of(request)).select_related("utility")
    group: DeviceGroup | None = rows.filter(pk=pk).first()
    if group is None:
        raise Http404("There is no such group.")
    return group


def _form(request: HttpRequest, form: Any, title: str, submit: str, back_url: str, status: int) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "back_url": back_url}
    crumbs = [Crumb("Device groups", reverse(_LIST))]
    return render(request, "web/form.html", context | {"crumbs": crumbs}, status=status)
