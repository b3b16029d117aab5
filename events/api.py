"""Events in the REST API."""

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from events.filters import CATEGORIES, SEVERITIES, EventApiFilter
from events.models import Event


class EventSerializer(RowSerializer):
    serial_number = serializers.CharField(source="device.serial_number", help_text="Serial number of the device.")
    text = serializers.CharField(source="entry.text", help_text="The event in plain words.")
    category = serializers.ChoiceField(choices=CATEGORIES)
    severity = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = (
            "id", "device", "serial_number", "metering_point", "at", "received_at", "kind", "text", "category",
            "severity", "log", "code",
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
