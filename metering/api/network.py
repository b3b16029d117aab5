"""Metering points and transformer areas."""

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from aim.rest.fields import RowSerializer
from aim.rest.views import ReadResource
from metering.filters import MeteringPointApiFilter, TransformerAreaApiFilter
from metering.models import Contract, MeteringPoint, TransformerArea


class TransformerAreaSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")

    class Meta:
        model = TransformerArea
        fields = ("id", "utility", "code", "name", "feeder")


class ContractSerializer(RowSerializer):
    """A contract; who the customer is says `/customers/`, because reading a name is recorded."""

    customer = serializers.IntegerField(source="customer_id", help_text="Id of the customer.")
    customer_number = serializers.CharField(source="customer.number")
    supplier = serializers.CharField(source="supplier.name", allow_null=True, default=None)
    valid_from = serializers.DateField(source="validity.lower", allow_null=True)
    valid_to = serializers.DateField(source="validity.upper", allow_null=True, help_text="First day after it; or null.")

    class Meta:
        model = Contract
        fields = ("kind", "customer", "customer_number", "supplier", "product", "valid_from", "valid_to")


class MeteringPointSerializer(RowSerializer):
    utility = serializers.CharField(source="utility.code", help_text="Code of the utility.")
    segment = serializers.CharField(source="segment.code", allow_null=True, default=None)
    transformer_area = serializers.CharField(source="transformer_area.code", allow_null=True, default=None)
    zone = serializers.CharField(
        source="utility.time_zone", help_text="IANA time zone of the utility: where its days begin."
    )

    class Meta:
        model = MeteringPoint
        fields: tuple[str, ...] = (
            "id", "gsrn", "utility", "segment", "zone", "energy_type", "state", "street", "postcode", "city", "region",
            "latitude", "longitude", "transformer_area", "parent", "fuse_a", "phases",
        )  # fmt: skip


class MeteringPointDetailSerializer(MeteringPointSerializer):
    contracts = ContractSerializer(many=True, read_only=True)

    class Meta(MeteringPointSerializer.Meta):
        fields = (*MeteringPointSerializer.Meta.fields, "contracts")


@extend_schema_view(
    list=extend_schema(operation_id="metering_points_list", summary="Metering points"),
    retrieve=extend_schema(operation_id="metering_points_get", summary="A metering point with its contracts"),
)
@extend_schema(tags=["metering"])
class MeteringPoints(ReadResource[MeteringPoint]):
    """Where energy is measured, known by its GSRN."""

    queryset = MeteringPoint.objects.select_related("utility", "segment", "transformer_area")
    serializer_class = MeteringPointSerializer
    detail_serializer_class = MeteringPointDetailSerializer
    filterset_class = MeteringPointApiFilter

    def get_queryset(self) -> QuerySet[MeteringPoint]:
        rows = super().get_queryset()
        if self.action != "retrieve":
            return rows
        return rows.prefetch_related(Prefetch("contracts", Contract.objects.select_related("customer", "supplier")))


@extend_schema_view(
    list=extend_schema(operation_id="transformer_areas_list", summary="Transformer areas"),
    retrieve=extend_schema(operation_id="transformer_areas_get", summary="A transformer area"),
)
@extend_schema(tags=["metering"])
class TransformerAreas(ReadResource[TransformerArea]):
    """The low-voltage network behind one distribution transformer. Open to users of the whole utility."""

    queryset = TransformerArea.objects.select_related("utility")
    serializer_class = TransformerAreaSerializer
    filterset_class = TransformerAreaApiFilter
