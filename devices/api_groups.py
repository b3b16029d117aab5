"""Device groups in the REST API: made, looked at, changed in who is in them, and deleted."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.db.models import Case, Count, QuerySet, When
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User, Utility
from aim.rest.fields import RowSerializer
from aim.rest.problems import CONTENT_TYPE, Problem
from aim.rest.views import ReadResource, Resource
from devices.api import DeviceSerializer
from devices.filters import DeviceApiFilter, DeviceGroupApiFilter
from devices.group_forms import MOST_PASTED
from devices.groups import devices_of, filter_of, filter_problem
from devices.models import Device, DeviceGroup
from devices.models.group import LONGEST_FILTER
from devices.services.groups import GroupInUseError, add_members, create_group, delete_group, remove_members

_TOLD = 5


class DeviceGroupSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    query = serializers.CharField(help_text="The filter of the device list; empty for a group of named devices.")
    named = serializers.IntegerField(
        allow_null=True, help_text="How many devices are in it; null: as many as its filter finds when it is used."
    )

    class Meta:
        model = DeviceGroup
        fields = ("id", "utility", "name", "description", "kind", "query", "named", "created_at")


class NewGroupSerializer(serializers.Serializer[Any]):
    utility = serializers.CharField(max_length=40, help_text="Code of the utility.")
    name = serializers.CharField(max_length=80)
    description = serializers.CharField(max_length=200, default="", allow_blank=True)
    query = serializers.CharField(
        max_length=LONGEST_FILTER, default="", allow_blank=True,
        help_text="A query string of the device list: the group is what it finds whenever it is used.",
    )  # fmt: skip
    serial_numbers = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_PASTED, default=list,
        help_text="The devices of a group without a filter.",
    )  # fmt: skip

    def validate_query(self, query: str) -> str:
        if query and (problem := filter_problem(query)):
            raise serializers.ValidationError(problem)
        return filter_of(query)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["query"] and attrs["serial_numbers"]:
            raise serializers.ValidationError({"serial_numbers": ["Give a filter or serial numbers, not both."]})
        return attrs


class MembersSerializer(serializers.Serializer[Any]):
    serial_numbers = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=MOST_PASTED
    )


class ChangedSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField(help_text="How many devices this concerned.")


class ByFilter(APIException):
    """409: who is in the group, its filter says."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "group_by_filter"


class GroupInUse(APIException):
    """409: a schedule or a rule is aimed at the group."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "group_in_use"


_CHANGED = {
    200: OpenApiResponse(ChangedSerializer, description="Done."),
    (409, CONTENT_TYPE): OpenApiResponse(Problem, description="The group finds its devices by a filter."),
}


@extend_schema_view(
    list=extend_schema(operation_id="groups_list", summary="Device groups"),
    retrieve=extend_schema(operation_id="groups_get", summary="A device group"),
)
@extend_schema(tags=["devices"])
class DeviceGroups(ReadResource[DeviceGroup]):
    """Devices that are worked on together: named one by one, or by a filter of the device list."""

    queryset = DeviceGroup.objects.select_related("utility")
    serializer_class = DeviceGroupSerializer
    filterset_class = DeviceGroupApiFilter
    verbs: ClassVar[dict[str, str]] = {"create": "add", "add": "change", "take_out": "change", "destroy": "delete"}

    def get_queryset(self) -> QuerySet[DeviceGroup]:
        return _counted(super().get_queryset())

    @extend_schema(
        operation_id="groups_create",
        summary="Make a device group",
        request=NewGroupSerializer,
        responses={201: OpenApiResponse(DeviceGroupSerializer, description="The group is there.")},
    )
    def create(self, request: Request) -> Response:
        """A group by filter, or of named devices; needs the permission `devices.add_devicegroup`."""
        asked, user = _asked(NewGroupSerializer, request), cast("User", request.user)
        utility = Utility.objects.visible_to(user).filter(code=asked["utility"]).first()
        if utility is None:
            raise serializers.ValidationError({"utility": ["There is no such utility, or it is not open to you."]})
        if DeviceGroup.objects.filter(utility=utility, name=asked["name"]).exists():
            raise serializers.ValidationError({"name": ["There is a group of this name."]})
        devices = _devices(asked["serial_numbers"], utility, user)
        group = create_group(
            utility=utility, name=asked["name"], description=asked["description"], query=asked["query"], user=user
        )
        if asked["serial_numbers"]:
            add_members(group=group, devices=devices, user=user)
        made = _counted(DeviceGroup.objects.filter(pk=group.pk)).get()
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="groups_add", summary="Add devices to a group", request=MembersSerializer, responses=_CHANGED
    )
    def add(self, request: Request, pk: str) -> Response:
        """Those it has already stay as they are; needs the permission `devices.change_devicegroup`."""
        group, devices, user = self._named(request)
        return Response({"changed": add_members(group=group, devices=devices, user=user)})

    @extend_schema(
        operation_id="groups_take_out",
        summary="Take devices out of a group",
        request=MembersSerializer,
        responses=_CHANGED,
    )
    def take_out(self, request: Request, pk: str) -> Response:
        """The devices themselves stay as they are; needs the permission `devices.change_devicegroup`."""
        group, devices, user = self._named(request)
        return Response({"changed": remove_members(group=group, devices=devices, user=user)})

    @extend_schema(
        operation_id="groups_delete",
        summary="Delete a device group",
        responses={
            204: OpenApiResponse(description="The group is gone."),
            (409, CONTENT_TYPE): OpenApiResponse(Problem, description="In use; `detail` names what is aimed at it."),
        },
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Its devices stay as they are; needs the permission `devices.delete_devicegroup`."""
        try:
            delete_group(group=self.get_object(), user=cast("User", request.user))
        except GroupInUseError as error:
            raise GroupInUse(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _named(self, request: Request) -> tuple[DeviceGroup, QuerySet[Device], User]:
        """The group and the devices a request names. ByFilter for a group without members."""
        group, user = self.get_object(), cast("User", request.user)
        asked = _asked(MembersSerializer, request)
        if group.is_dynamic:
            raise ByFilter("This group finds its devices by a filter.")
        return group, _devices(asked["serial_numbers"], group.utility, user), user


@extend_schema_view(
    list=extend_schema(
        operation_id="group_members_list",
        summary="Devices of a group",
        parameters=[OpenApiParameter("group", int, OpenApiParameter.PATH, description="Id of the group.")],
    )
)
@extend_schema(tags=["devices"])
class GroupMembers(ListModelMixin, Resource[Device]):
    """The devices of a group as they are now, as far as they are open to the user."""

    queryset = Device.objects.select_related("utility", "segment", "model", "contact", "concentrator", "master")
    serializer_class = DeviceSerializer
    filterset_class = DeviceApiFilter

    def get_queryset(self) -> QuerySet[Device]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        groups = DeviceGroup.objects.visible_to(cast("User", self.request.user))
        group = get_object_or_404(groups, pk=self.kwargs["group"])
        return rows.filter(pk__in=devices_of(group).order_by().values("pk"))


def _counted(groups: QuerySet[DeviceGroup]) -> QuerySet[DeviceGroup]:
    """With the number of members; None where a filter says who they are."""
    members = Case(When(kind=DeviceGroup.Kind.DYNAMIC, then=None), default=Count("memberships"))
    return groups.annotate(named=members)


def _asked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return cast("dict[str, Any]", asked.validated_data)


def _devices(serial_numbers: Sequence[str], utility: Utility, user: User) -> QuerySet[Device]:
    """The devices of these serial numbers; ValidationError where `utility` has none, or none open to `user`."""
    rows: QuerySet[Device] = Device.objects.visible_to(user).filter(utility=utility, serial_number__in=serial_numbers)
    unknown = sorted(set(serial_numbers) - set(rows.values_list("serial_number", flat=True)))
    if unknown:
        more = f" and {len(unknown) - _TOLD} more" if len(unknown) > _TOLD else ""
        told = f"Unknown to {utility}: {', '.join(unknown[:_TOLD])}{more}."
        raise serializers.ValidationError({"serial_numbers": [told]})
    return rows
