"""Exclusions from data delivery: made, ended and taken off."""

from typing import Any, ClassVar, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from devices.models import Device
from headend.exclusions import FARTHEST_DAYS, ExclusionApiFilter
from headend.models import Exclusion
from headend.services.deliveries import exclude
from headend.services.exclusions import change_exclusion, take_off

_LAST = "The last local day that does not count; null: until further notice."


class ExclusionSerializer(RowSerializer):
    serial_number = serializers.CharField(source="device.serial_number", help_text="Serial number of the device.")
    created_by = serializers.CharField(source="created_by.username", allow_null=True, default=None)

    class Meta:
        model = Exclusion
        fields = ("id", "device", "serial_number", "first_day", "last_day", "reason", "created_at", "created_by")
        extra_kwargs = {"last_day": {"help_text": _LAST}}


class ExclusionChangeSerializer(serializers.Serializer[Any]):
    """Another end or reason; what is not given stays."""

    last_day = serializers.DateField(required=False, allow_null=True, help_text=_LAST)
    reason = serializers.CharField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        today = timezone.localdate()
        for name in ("first_day", "last_day"):
            day = attrs.get(name)
            if day is not None and abs((day - today).days) > FARTHEST_DAYS:
                raise serializers.ValidationError({name: ["This is too far away."]})
        first, last = attrs.get("first_day", self.context.get("first_day")), attrs.get("last_day")
        if first and last and last < first:
            raise serializers.ValidationError({"last_day": ["This is before the first day."]})
        return attrs


class NewExclusionSerializer(ExclusionChangeSerializer):
    """A device and the days of it that do not count."""

    device = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of the device.")
    first_day = serializers.DateField(help_text="The first local day that does not count.")
    reason = serializers.CharField(max_length=200, help_text="Stands in the report on data delivery.")


@extend_schema_view(
    list=extend_schema(operation_id="exclusions_list", summary="Exclusions from data delivery"),
    retrieve=extend_schema(operation_id="exclusions_get", summary="An exclusion"),
)
@extend_schema(tags=["data delivery"])
class Exclusions(ReadResource[Exclusion]):
    """Days whose values of a device do not count for data delivery, with the reason."""

    queryset = Exclusion.objects.select_related("device__utility", "created_by")
    serializer_class = ExclusionSerializer
    filterset_class = ExclusionApiFilter
    verbs: ClassVar[dict[str, str]] = {"create": "add", "partial_update": "change", "destroy": "delete"}

    @extend_schema(
        operation_id="exclusions_create",
        summary="Leave out a device",
        request=NewExclusionSerializer,
        responses={201: OpenApiResponse(ExclusionSerializer, description="Its days are counted anew.")},
    )
    def create(self, request: Request) -> Response:
        """Needs the permission `headend.add_exclusion`."""
        asked, user = self._asked(NewExclusionSerializer), cast("User", request.user)
        device = Device.objects.visible_to(user).select_related("utility").filter(pk=asked["device"]).first()
        if device is None:
            raise serializers.ValidationError({"device": ["There is no such device, or it is not open to you."]})
        made = exclude(
            device=device, first=asked["first_day"], last=asked.get("last_day"), reason=asked["reason"], user=user
        )
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="exclusions_change",
        summary="End an exclusion, or give another reason",
        request=ExclusionChangeSerializer,
        responses={200: OpenApiResponse(ExclusionSerializer, description="As it is now.")},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """The first day stays. Needs the permission `headend.change_exclusion`."""
        row = self.get_object()
        asked = self._asked(ExclusionChangeSerializer, first_day=row.first_day)
        change_exclusion(
            exclusion=row, last=asked.get("last_day", row.last_day), reason=asked.get("reason", row.reason),
            user=cast("User", request.user),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(
        operation_id="exclusions_delete",
        summary="Take an exclusion off",
        responses={204: OpenApiResponse(description="The values of its days count again.")},
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Needs the permission `headend.delete_exclusion`."""
        take_off(exclusions=[self.get_object()], user=cast("User", request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _asked(self, serializer: type[serializers.Serializer[Any]], **context: Any) -> dict[str, Any]:
        asked = serializer(data=self.request.data, context={**self.get_serializer_context(), **context})
        asked.is_valid(raise_exception=True)
        return cast("dict[str, Any]", asked.validated_data)
