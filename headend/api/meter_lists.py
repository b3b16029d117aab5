"""The lists concentrators keep, beside what is on file, in the REST API."""

from django_filters import FilterSet, filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aim.rest.fields import RowSerializer
from aim.rest.filters import IdFilter
from aim.rest.views import ReadResource
from headend.meter_list_tables import words_of
from headend.models import ListedMeter


class ListedMeterSerializer(RowSerializer):
    concentrator = serializers.CharField(
        source="concentrator.serial_number", help_text="Serial number of the concentrator."
    )
    address = serializers.CharField(
        source="gateway_address", help_text="Physical device address at the concentrator, hexadecimal."
    )
    note = serializers.SerializerMethodField(help_text="What differs, in words; empty where nothing does.")

    class Meta:
        model = ListedMeter
        fields = (
            "id", "concentrator", "name", "state", "since", "device", "serial_number", "system_title", "address",
            "registered_at", "note",
        )  # fmt: skip

    def get_note(self, row: ListedMeter) -> str:
        return words_of(row)


class ListedMeterApiFilter(FilterSet):
    concentrator = filters.CharFilter(
        field_name="concentrator__serial_number", help_text="Serial number of the concentrator."
    )
    state = filters.ChoiceFilter(choices=ListedMeter.State.choices, help_text="How list and file compare.")
    device = IdFilter("device", help_text="Id of the meter on file.")

    class Meta:
        model = ListedMeter
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(operation_id="listed_meters_list", summary="Meters that concentrators list or have lost"),
    retrieve=extend_schema(operation_id="listed_meters_get", summary="A meter in the list of a concentrator"),
)
@extend_schema(tags=["devices"])
class ListedMeters(ReadResource[ListedMeter]):
    """How the lists concentrators keep compare with what is on file: `new` (nobody knows it), `registered`, `differs`
    (on file somewhere else, and not followed) and `lost` (on file there, and not in the list).
    """

    queryset = ListedMeter.objects.select_related("concentrator")
    serializer_class = ListedMeterSerializer
    filterset_class = ListedMeterApiFilter
