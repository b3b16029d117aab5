"""Events in the REST API."""

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from events.filters import CATEGORIES, SEVERITIES, AreaOutageApiFilter, EventApiFilter, OutageApiFilter
from events.models import AreaOutage, Event, Outage


class EventSerializer(RowSerializer):
    serial_number = serializers.CharField(source="device.serial_number", help_text="Serial number of the device.")
    text = serializers.CharField(source="entry.text", help_text="The event in plain words.")
    category = serializers.ChoiceField(choices=CATEGORIES)
    severity = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = (
            "id", "device", "serial_number", "metering_point", "at", "received_at", "kind", "text", "category",
            "severity", "log", "code", "acknowledged_at", "comment", "area_outage",
        )  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=list(SEVERITIES)))
    def get_severity(self, event: Event) -> str:
        return Event.Severity(event.severity).name.lower()


@extend_schema_view(
    list=extend_schema(operation_id="events_list", summary="Events, last received first"),
    retrieve=extend_schema(operation_id="events_get", summary="An event"),
)
@extend_schema(tags=["events"])
class Events(ReadResource[Event]):
    """What devices logged or reported, in the words of the one catalogue."""

    queryset = Event.objects.select_related("device")
    serializer_class = EventSerializer
    filterset_class = EventApiFilter
    newest_first = True


class OutageSerializer(RowSerializer):
    serial_number = serializers.CharField(source="device.serial_number", help_text="Serial number of the device.")

    class Meta:
        model = Outage
        fields = (
            "id", "device", "serial_number", "metering_point", "started_at", "ended_at", "start_source", "end_source",
            "area_outage",
        )  # fmt: skip


class AreaOutageSerializer(RowSerializer):
    area = serializers.CharField(source="area.code", help_text="Code of the transformer area.")
    feeder = serializers.CharField(source="area.feeder", help_text="Medium-voltage feeder of the area.")
    planned = serializers.CharField(
        source="planned.reason", default=None, allow_null=True, help_text="Why it was announced, if it was."
    )

    class Meta:
        model = AreaOutage
        fields = (
            "id", "area", "feeder", "started_at", "ended_at", "devices", "most_at_once", "heard", "planned",
            "noticed_at",
        )  # fmt: skip


@extend_schema_view(
    list=extend_schema(operation_id="outages_list", summary="Outages of devices, the latest made first"),
    retrieve=extend_schema(operation_id="outages_get", summary="An outage of a device"),
)
@extend_schema(tags=["events"])
class Outages(ReadResource[Outage]):
    """When devices were without power, derived from what they told. A row may be replaced as more is told."""

    queryset = Outage.objects.select_related("device")
    serializer_class = OutageSerializer
    filterset_class = OutageApiFilter
    newest_first = True


@extend_schema_view(
    list=extend_schema(operation_id="area_outages_list", summary="Outages of transformer areas, the latest made first"),
    retrieve=extend_schema(operation_id="area_outages_get", summary="An outage of a transformer area"),
)
@extend_schema(tags=["events"])
class AreaOutages(ReadResource[AreaOutage]):
    """When many devices of a transformer area were without power at once."""

    queryset = AreaOutage.objects.select_related("area", "planned")
    serializer_class = AreaOutageSerializer
    filterset_class = AreaOutageApiFilter
    newest_first = True
