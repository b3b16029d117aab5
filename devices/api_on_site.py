"""Work on site in the REST API: install, exchange, remove, and what a person says of a device."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import User
from aim.rest.fields import InstantField
from aim.rest.problems import CONTENT_TYPE, Problem
from aim.rest.views import Resource
from devices.api import DeviceSerializer, InstallationSerializer
from devices.life_cycle import State
from devices.models import Device, Installation
from devices.services.life_cycle import REASON_LENGTH, change_by_hand
from devices.services.on_site import Exchange, Install, Remove, Work, hanging
from devices.services.stands import Key
from metering.models import MeteringPoint
from metering.models.series import validate_obis

_MOST_STANDS = 40


class StandSerializer(serializers.Serializer[Any]):
    obis = serializers.CharField(max_length=24, validators=[validate_obis], help_text="The register, e.g. 1-0:1.8.0.")
    unit = serializers.CharField(max_length=16, default="Wh", help_text="Unit of `value`, as the series has it.")
    value = serializers.DecimalField(max_digits=18, decimal_places=6, min_value=Decimal(0))


def _stands(told: str) -> serializers.ListField:
    words = f"{told} Registers nobody noted stay out."
    return serializers.ListField(child=StandSerializer(), default=list, max_length=_MOST_STANDS, help_text=words)


class InstallSerializer(serializers.Serializer[Any]):
    gsrn = serializers.CharField(max_length=18, help_text="The metering point, of the utility of the device.")
    at = InstantField(help_text="When it was hung up; counts to the second.")
    initial = _stands("What its registers showed then.")


class ExchangeSerializer(serializers.Serializer[Any]):
    serial_number = serializers.CharField(max_length=40, help_text="Serial number of the new meter.")
    at = InstantField(help_text="When the new one took the place; counts to the second.")
    final = _stands("What the old meter showed then.")
    initial = _stands("What the new meter showed then.")


class RemoveSerializer(serializers.Serializer[Any]):
    at = InstantField(help_text="When it was taken down; counts to the second.")
    final = _stands("What its registers showed then.")


class StateSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=State.choices)
    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="It stands in the history of the device.")


class NotPossible(APIException):
    """409: something stands against it."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_possible"


_WHY = "Not possible; `detail` says why and what to do."
_REFUSED = {(409, CONTENT_TYPE): OpenApiResponse(Problem, description=_WHY)}


@extend_schema(tags=["devices"])
class DevicesOnSite(Resource[Device]):
    """What happens to a device where it hangs. All of it, or nothing."""

    queryset = Device.objects.select_related("utility", "segment", "model", "contact", "concentrator", "master")
    serializer_class = DeviceSerializer
    pagination_class = None
    filter_backends = ()
    verbs: ClassVar[dict[str, str]] = dict.fromkeys(("install", "exchange", "remove", "state"), "install")

    @extend_schema(
        operation_id="devices_install", summary="Install a device", request=InstallSerializer,
        responses={201: OpenApiResponse(InstallationSerializer, description="It hangs there."), **_REFUSED},
    )  # fmt: skip
    def install(self, request: Request, pk: str) -> Response:
        """It hangs at the metering point from `at` on. Needs the permission `devices.install_device`."""
        device, said = self.get_object(), _said(InstallSerializer(data=request.data))
        rows = MeteringPoint.objects.visible_to(self._user).select_related("utility")
        point = rows.filter(gsrn=said["gsrn"], utility=device.utility_id).first()
        if point is None:
            raise serializers.ValidationError({"gsrn": ["No metering point open to you has this number."]})
        return self._done(Install(device, point, _second(said), _by_key(said["initial"])), status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="devices_exchange", summary="Exchange a device", request=ExchangeSerializer,
        responses={201: OpenApiResponse(InstallationSerializer, description="The new one hangs there."), **_REFUSED},
    )  # fmt: skip
    def exchange(self, request: Request, pk: str) -> Response:
        """Another meter takes its place at `at`; consumption goes on exactly. Needs `devices.install_device`."""
        device, said = self.get_object(), _said(ExchangeSerializer(data=request.data))
        installation = _hanging(device)
        new = self.get_queryset().filter(serial_number=said["serial_number"]).first()
        if new is None:
            raise serializers.ValidationError({"serial_number": ["No device open to you has this serial number."]})
        final, initial = _by_key(said["final"]), _by_key(said["initial"])
        return self._done(Exchange(installation, new, _second(said), final, initial), status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="devices_remove", summary="Remove a device", request=RemoveSerializer,
        responses={200: InstallationSerializer, **_REFUSED},
    )  # fmt: skip
    def remove(self, request: Request, pk: str) -> Response:
        """It is taken down at `at`, and none follows. Needs the permission `devices.install_device`."""
        device, said = self.get_object(), _said(RemoveSerializer(data=request.data))
        return self._done(Remove(_hanging(device), _second(said), _by_key(said["final"])), status.HTTP_200_OK)

    @extend_schema(
        operation_id="devices_state", summary="Say what becomes of a device", request=StateSerializer,
        responses={200: DeviceSerializer, **_REFUSED},
    )  # fmt: skip
    def state(self, request: Request, pk: str) -> Response:
        """Back to the inventory, scrapped, a concentrator put into service. What follows from installing and from
        contacts is refused. Needs `devices.install_device`, for scrapping also `devices.scrap_device`.
        """
        device, said = self.get_object(), _said(StateSerializer(data=request.data))
        try:
            change_by_hand(device=device, to=State(said["state"]), reason=said["reason"], user=self._user)
        except ValidationError as error:
            raise NotPossible(" ".join(error.messages)) from error
        return Response(self.get_serializer(device).data)

    @property
    def _user(self) -> User:
        return cast("User", self.request.user)

    def _done(self, work: Work, code: int) -> Response:
        try:
            installation = work.carry_out(user=self._user)
        except ValidationError as error:
            raise NotPossible(" ".join(error.messages)) from error
        return Response(InstallationSerializer(installation).data, code)


def _hanging(device: Device) -> Installation:
    installation = hanging(device)
    if installation is None:
        raise NotPossible(f"{device} hangs nowhere.")
    return installation


def _said(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    said: dict[str, Any] = serializer.validated_data
    return said


def _second(said: dict[str, Any]) -> Any:
    return said["at"].replace(microsecond=0)


def _by_key(stands: Sequence[dict[str, Any]]) -> dict[Key, Decimal]:
    """ValidationError where a register is named twice."""
    found: dict[Key, Decimal] = {(stand["obis"], stand["unit"]): stand["value"] for stand in stands}
    if len(found) < len(stands):
        raise serializers.ValidationError("A register is named twice.")
    return found
