"""The list of device groups, and of the devices of one."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from devices.models import Device, DeviceGroup
from devices.services.groups import remove_members
from devices.tables import state_of
from metering.views.people import user_of

GROUPS = Table(
    name="groups",
    label="Groups",
    order="name",
    columns=(
        Column("name", "Group", sort="name", link=True, fixed=True),
        Column("kind", "Devices", accessor="get_kind_display", sort="kind"),
        Column("named", "Named", accessor=lambda group: None if group.is_dynamic else group.named, align="end"),
        Column("description", "Description"),
        Column("utility", "Utility", accessor="utility.name", sort="utility__name", hidden=True),
    ),
)


def _take_out(request: HttpRequest, rows: QuerySet[Device]) -> str:
    """Of the group whose page it is."""
    match = request.resolver_match
    groups = DeviceGroup.objects.visible_to(user_of(request), "change")
    group = groups.filter(pk=match.kwargs["pk"]).first() if match else None
    if group is None:
        raise Http404("There is no such group.")
    remove_members(group=group, devices=rows, user=user_of(request))
    return group.get_absolute_url()


MEMBERS = Table(
    name="members",
    label="Devices",
    order="serial",
    bar=("q", "answers", "transformer_area"),
    columns=(
        Column("serial", "Serial number", accessor="serial_number", sort="serial_number", link=True, fixed=True),
        Column("state", "State", accessor=state_of, sort="state"),
        Column("model", "Model", accessor="model.name", sort="model__name"),
        Column("firmware", "Firmware", sort="firmware", hidden=True),
    ),
    actions=(
        BulkAction(
            "take_out", "Take out of the group", "devices.change_devicegroup", _take_out,
            "The devices themselves stay as they are.", icon="stop",
            eligible=lambda rows: rows.filter(memberships__group__isnull=False).distinct(),
            excluded="they are in the group by its filter.",
        ),
    ),
)  # fmt: skip
