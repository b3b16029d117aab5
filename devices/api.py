"""Devices, device models and installations in the REST API."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aim.rest.fields import RowSerializer, UtcField
from aim.rest.views import ReadResource
from devices.filters import DeviceApiFilter, DeviceModelApiFilter, InstallationApiFilter
from devices.models import Contact, Device, DeviceModel, Installation


class DeviceModelSerializer(RowSerializer):
    class Meta:
        model = DeviceModel
        fields = ("id", "code", "name", "manufacturer", "kind", "protocol")


class ContactSerializer(RowSerializer):
    class Meta:
        model = Contact
        fields = ("last_attempt_at", "last_contact_at", "last_reading_at", "clock_offset_s", "failures", "cause")


class DeviceSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    segment = serializers.CharField(source="segment.code", allow_null=True, default=None)
    model = serializers.CharField(source="model.code", help_text="Code of the device model.")
    kind = serializers.ChoiceField(source="model.kind", choices=DeviceModel.Kind.choices)
    concentrator = serializers.CharField(
        source="concentrator.serial_number",
        allow_null=True,
        default=None,
        help_text="Serial number of the concentrator it is reached through; null: at its own host and port.",
    )
    master = serializers.CharField(
        source="master.serial_number",
        allow_null=True,
        default=None,
        help_text="Serial number of the meter on whose M-Bus channel it hangs and through which it is read.",
    )
    contact = ContactSerializer(read_only=True, allow_null=True, help_text="null: never installed.")

    class Meta:
        model = Device
        fields = (
            "id", "serial_number", "usn", "utility", "segment", "model", "kind", "state", "error_reason", "host",
            "port", "server_address", "link_address", "concentrator", "gateway_address", "master", "channel",
            "system_title", "firmware", "module_firmware", "configuration_id", "contact",
        )  # fmt: skip


class InstallationSerializer(RowSerializer):
    serial_number = serializers.CharField(source="device.serial_number", help_text="Serial number of the device.")
    gsrn = serializers.CharField(source="metering_point.gsrn")
    starts_at = UtcField(source="period.lower")
    ends_at = UtcField(source="period.upper", allow_null=True, help_text="End, excluded; null while it hangs there.")

    class Meta:
        model = Installation
        fields = ("id", "device", "serial_number", "metering_point", "gsrn", "starts_at", "ends_at")


@extend_schema_view(
    list=extend_schema(operation_id="device_models_list", summary="Device models"),
    retrieve=extend_schema(operation_id="device_models_get", summary="A device model"),
)
@extend_schema(tags=["devices"])
class DeviceModels(ReadResource[DeviceModel]):
    """Types of device, the same for all utilities."""

    queryset = DeviceModel.objects.all()
    serializer_class = DeviceModelSerializer
    filterset_class = DeviceModelApiFilter


@extend_schema_view(
    list=extend_schema(operation_id="devices_list", summary="Devices"),
    retrieve=extend_schema(operation_id="devices_get", summary="A device"),
)
@extend_schema(tags=["devices"])
class Devices(ReadResource[Device]):
    """Meters, concentrators, gateways, displays and modems, with how the last contact went."""

    queryset = Device.objects.select_related("utility", "segment", "model", "contact", "concentrator", "master")
    serializer_class = DeviceSerializer
    filterset_class = DeviceApiFilter


@extend_schema_view(
    list=extend_schema(operation_id="installations_list", summary="Installations"),
    retrieve=extend_schema(operation_id="installations_get", summary="An installation"),
)
@extend_schema(tags=["devices"])
class Installations(ReadResource[Installation]):
    """Which device measured which metering point, and when."""

    queryset = Installation.objects.select_related("device", "metering_point")
    serializer_class = InstallationSerializer
    filterset_class = InstallationApiFilter
