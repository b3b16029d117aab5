"""Measured properties and series."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from metering.filters import MeasuredPropertyApiFilter, SeriesApiFilter
from metering.models import MeasuredProperty, Series


class MeasuredPropertySerializer(RowSerializer):
    class Meta:
        model = MeasuredProperty
        fields = ("id", "obis", "unit", "name", "energy_type", "known")
        extra_kwargs = {"known": {"help_text": "False: a device brought this code and nobody has described it yet."}}


class SeriesSerializer(RowSerializer):
    gsrn = serializers.CharField(source="metering_point.gsrn")
    obis = serializers.CharField(source="measured_property.obis")
    unit = serializers.CharField(source="measured_property.unit", allow_blank=True)
    name = serializers.CharField(source="measured_property.name")
    zone = serializers.CharField(source="metering_point.utility.time_zone", help_text="IANA time zone of the utility.")

    class Meta:
        model = Series
        fields = (
            "id", "metering_point", "gsrn", "obis", "unit", "name", "kind", "periodicity", "interval_s", "exponent",
            "source", "feeds", "zone",
        )  # fmt: skip
        extra_kwargs = {"exponent": {"help_text": "A value is the integer × 10^exponent of the unit."}}


@extend_schema_view(
    list=extend_schema(operation_id="measured_properties_list", summary="Measured properties"),
    retrieve=extend_schema(operation_id="measured_properties_get", summary="A measured property"),
)
@extend_schema(tags=["series"])
class MeasuredProperties(ReadResource[MeasuredProperty]):
    """What can be measured: an OBIS code in a unit, the same for all utilities."""

    queryset = MeasuredProperty.objects.all()
    serializer_class = MeasuredPropertySerializer
    filterset_class = MeasuredPropertyApiFilter


@extend_schema_view(
    list=extend_schema(operation_id="series_list", summary="Series"),
    retrieve=extend_schema(operation_id="series_get", summary="A series"),
)
@extend_schema(tags=["series"])
class SeriesResource(ReadResource[Series]):
    """One quantity of one metering point in one rhythm."""

    queryset = Series.objects.select_related("metering_point__utility", "measured_property")
    serializer_class = SeriesSerializer
    filterset_class = SeriesApiFilter
